//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Making the demangler's text readable. It writes everything that it knows:
//
//   (1) await resume partial function for closure #1 @Sendable (Swift.Int) async -> () in App.Bank.pay(_: Swift.Int,
//   to: App.Account) async throws -> Swift.Bool
//
// and people want "closure #1 in App.Bank.pay(_:to:)". A name is a chain of contexts joined by " in "; each is
// simplified alone: known prefixes, the result type and effects, generic arguments go; of parameters only the labels
// stay.

#include "interpose.h"
#include "symbols.h"
#include <ctype.h>
#include <string.h>

MP_INTERPOSERS_BEGIN

typedef struct {
  const char *start, *end;
} mp_text;

typedef struct {
  char *buffer;
  size_t length, capacity;
} mp_output;

static void mp_put(mp_output *output, const char *start, const char *end) {
  for (; start < end && output->length + 1 < output->capacity; start++) output->buffer[output->length++] = *start;
}

static void mp_put_string(mp_output *output, const char *text) { mp_put(output, text, text + strlen(text)); }

static bool mp_starts(mp_text text, const char *prefix) {
  size_t length = strlen(prefix);
  return (size_t)(text.end - text.start) >= length && memcmp(text.start, prefix, length) == 0;
}

/// How a character changes the depth of brackets. Neither the arrow of a function type nor an operator (App.< infix)
/// counts: generic arguments stand directly behind a name.
static int mp_depth_change(mp_text text, const char *at) {
  char before = at > text.start ? at[-1] : ' ';
  switch (*at) {
  case '(':
  case '[':
  case '{': return 1;
  case ')':
  case ']':
  case '}': return -1;
  case '<': return isalnum((unsigned char)before) || before == '_' ? 1 : 0;
  case '>': return before == '-' || before == '.' ? 0 : -1;
  default: return 0;
  }
}

/// The first `needle` that is not inside brackets, or NULL.
static const char *mp_find_outside(mp_text text, const char *needle) {
  int depth = 0;
  size_t length = strlen(needle);
  for (const char *at = text.start; at < text.end; at++) {
    if (depth == 0 && (size_t)(text.end - at) >= length && memcmp(at, needle, length) == 0) return at;
    depth += mp_depth_change(text, at);
    if (depth < 0) depth = 0;
  }
  return NULL;
}

/// The bracket that closes the one at `open`, or the end.
static const char *mp_closing(mp_text text, const char *open) {
  int depth = 0;
  for (const char *at = open; at < text.end; at++) {
    depth += mp_depth_change(text, at);
    if (depth == 0) return at;
  }
  return text.end;
}

/// What the compiler has made of a function; people know only the function.
static mp_text mp_without_prefixes(mp_text text) {
  static const char *const markers[] = {"resume partial function for ", "partial apply forwarder for ", "merged "};
  for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
    const char *found = mp_find_outside(text, markers[i]);
    if (found != NULL) text.start = found + strlen(markers[i]);
  }
  if (mp_starts(text, "generic specialization") || mp_starts(text, "function signature specialization") ||
      mp_starts(text, "generic not-reabstracted") || mp_starts(text, "generic partial specialization")) {
    const char *of = mp_find_outside(text, " of ");
    if (of != NULL) return mp_without_prefixes((mp_text){of + 4, text.end});
  }
  if (mp_starts(text, "protocol witness for ")) {
    const char *conformance = mp_find_outside(text, " in conformance ");
    const char *end = conformance != NULL ? conformance : text.end;
    return mp_without_prefixes((mp_text){text.start + strlen("protocol witness for "), end});
  }
  static const char *const prefixes[] = {
      "specialized ", "@objc ", "@nonobjc ", "dispatch thunk of ", "async function pointer to ",
  };
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (mp_starts(text, prefixes[i])) return mp_without_prefixes((mp_text){text.start + strlen(prefixes[i]), text.end});
  }
  return text;
}

/// "_: Swift.Int, to: App.Account" becomes "_:to:"; parameters without labels are written "_:" too.
static void mp_put_labels(mp_output *output, mp_text parameters) {
  while (parameters.start < parameters.end) {
    const char *comma = mp_find_outside(parameters, ", ");
    mp_text parameter = {parameters.start, comma != NULL ? comma : parameters.end};
    const char *colon = mp_find_outside(parameter, ": ");
    if (colon != NULL) mp_put(output, parameter.start, colon);
    else mp_put_string(output, "_");
    mp_put_string(output, ":");
    parameters.start = comma != NULL ? comma + 2 : parameters.end;
  }
}

/// "closure #1 @Sendable (Swift.Int) async -> ()": only what comes before the type.
static bool mp_put_closure(mp_output *output, mp_text text) {
  const char *number = NULL;
  if (mp_starts(text, "closure #") || mp_starts(text, "implicit closure #") || mp_starts(text, "defer #")) {
    number = memchr(text.start, '#', (size_t)(text.end - text.start)) + 1;
  }
  if (number == NULL) return false;
  while (number < text.end && *number >= '0' && *number <= '9') number++;
  mp_put(output, text.start, number);
  return true;
}

/// "(extension in App):Swift.Array" is code of App, so it is written "App.Array". Returns what is left to write.
static mp_text mp_put_extension(mp_output *output, mp_text text) {
  static const char marker[] = "(extension in ";
  if (!mp_starts(text, marker)) return text;
  const char *close = mp_closing(text, text.start);
  mp_put(output, text.start + strlen(marker), close);
  const char *dot = mp_find_outside((mp_text){close, text.end}, ".");
  return (mp_text){dot != NULL ? dot : text.end, text.end};
}

static void mp_put_context(mp_output *output, mp_text text) {
  text = mp_without_prefixes(text);
  if (mp_put_closure(output, text)) return;
  if (mp_starts(text, "static ")) {
    mp_put_string(output, "static ");
    text.start += strlen("static ");
  }
  text = mp_put_extension(output, text);
  // The type of a variable, the effects and the result of a function.
  static const char *const ends[] = {" : ", " -> ", " async", " throws", " where "};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    const char *end = mp_find_outside(text, ends[i]);
    if (end != NULL) text.end = end;
  }
  for (const char *at = text.start; at < text.end; at++) {
    if (*at == '@') {   // an attribute, such as @Sendable
      while (at + 1 < text.end && (isalnum((unsigned char)at[1]) || at[1] == ' ')) at++;
    } else if (*at == '<' && mp_depth_change(text, at) > 0) {
      at = mp_closing(text, at);
    } else if (*at == '(') {
      const char *close = mp_closing(text, at);
      bool private_name = mp_find_outside((mp_text){at + 1, close}, " in _") != NULL;   // "(name in _1234ABCD)"
      if (private_name) {
        mp_put(output, at + 1, mp_find_outside((mp_text){at + 1, close}, " in _"));
      } else {
        mp_put_string(output, "(");
        mp_put_labels(output, (mp_text){at + 1, close});
        mp_put_string(output, ")");
      }
      at = close;
    } else {
      mp_put(output, at, at + 1);
    }
  }
}

size_t mp_symbol_simplify(const char *demangled, char *buffer, size_t capacity) {
  if (capacity == 0) return 0;
  mp_output output = {buffer, 0, capacity};
  mp_text rest = mp_without_prefixes((mp_text){demangled, demangled + strlen(demangled)});
  if (mp_starts(rest, "reabstraction thunk")) {
    mp_put(&output, rest.start, rest.end);
  } else {
    for (;;) {
      const char *in = mp_find_outside(rest, " in ");
      mp_put_context(&output, (mp_text){rest.start, in != NULL ? in : rest.end});
      if (in == NULL) break;
      mp_put_string(&output, " in ");
      rest.start = in + 4;
    }
  }
  buffer[output.length] = 0;
  return output.length;
}

MP_INTERPOSERS_END
