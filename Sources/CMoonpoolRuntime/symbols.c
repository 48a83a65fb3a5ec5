//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// From an address to a name that people can read, and to whose code it is.
//
// In a signal handler: mp_backtrace (symbols_stack.c) and, after mp_symbols_prepare, mp_symbol_raw_name do not
// allocate. Names do: demangling is the Swift runtime's and calls malloc, which the interrupted code may be in the
// middle of. A handler must therefore only keep the addresses, and leave names to whoever reports later.

#include "interpose.h"
#include "symbols.h"
#include <stdlib.h>
#include <string.h>

MP_INTERPOSERS_BEGIN

extern char *swift_demangle(const char *name, size_t length, char *buffer, size_t *capacity, uint32_t flags)
    __attribute__((weak));

static size_t mp_copy(const char *text, size_t length, char *buffer, size_t capacity) {
  if (capacity == 0) return 0;
  if (length >= capacity) length = capacity - 1;
  memcpy(buffer, text, length);
  buffer[length] = 0;
  return length;
}

size_t mp_symbolize(uintptr_t pc, char *buffer, size_t capacity) {
  const char *name = mp_symbol_raw_name(pc);
  if (name == NULL) return mp_copy("", 0, buffer, capacity);
  bool is_swift = strncmp(name, "$s", 2) == 0 || strncmp(name, "$S", 2) == 0 || strncmp(name, "$e", 2) == 0;
  char *demangled = is_swift && swift_demangle != NULL ? swift_demangle(name, strlen(name), NULL, NULL, 0) : NULL;
  if (demangled == NULL) return mp_copy(name, strlen(name), buffer, capacity);
  size_t length = mp_symbol_simplify(demangled, buffer, capacity);
  free(demangled);
  return length;
}

/// The sections of our functions; the linker defines these names.
extern const char __start_moonpool_interposers[] __attribute__((weak));
extern const char __stop_moonpool_interposers[] __attribute__((weak));
extern const char __start_moonpool_runtime[] __attribute__((weak));
extern const char __stop_moonpool_runtime[] __attribute__((weak));

static bool mp_is_ours(uintptr_t pc) {
  return (pc >= (uintptr_t)__start_moonpool_interposers && pc < (uintptr_t)__stop_moonpool_interposers) ||
         (pc >= (uintptr_t)__start_moonpool_runtime && pc < (uintptr_t)__stop_moonpool_runtime);
}

static bool mp_has_prefix(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

/// The module that a readable name belongs to: what stands before the first dot of its outermost context.
static size_t mp_module_of(const char *name, const char **module) {
  for (const char *inner = strstr(name, " in "); inner != NULL; inner = strstr(name, " in ")) name = inner + 4;
  static const char *const modifiers[] = {
      "static ",
      "implicit ",
      "default argument ",
      "one-time initialization function for ",
  };
  for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
    if (mp_has_prefix(name, modifiers[i])) name += strlen(modifiers[i]);
  }
  *module = name;
  return strcspn(name, ".");
}

static bool mp_module_is_runtime(const char *module, size_t length) {
  static const char *const exact[] = {
      "Swift",           "__C",
      "_Concurrency",    "_StringProcessing",
      "_RegexParser",    "RegexBuilder",
      "Synchronization", "Distributed",
      "Observation",     "Dispatch",
      "Glibc",           "Testing",
      "XCTest",          "_Differentiation",
      "_Volatile",
  };
  for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
    if (strlen(exact[i]) == length && strncmp(module, exact[i], length) == 0) return true;
  }
  if (length >= 10 &&
      (strncmp(module, "Foundation", 10) == 0 || (length > 10 && strncmp(module, "_Foundation", 11) == 0))) {
    return true;
  }
  // Ours, but not our tests: they are somebody's own code like any other test.
  bool ours = length >= 8 && strncmp(module, "Moonpool", 8) == 0;
  bool tests = length >= 5 && strncmp(module + length - 5, "Tests", 5) == 0;
  return ours && !tests;
}

/// C and C++ functions of the runtime that a static standard library puts into the executable itself.
static bool mp_c_name_is_runtime(const char *name) {
  static const char *const prefixes[] = {
      "mp_", "swift_", "_swift", "_Z",     "dispatch_", "_dispatch", "__DISPATCH", "Block_", "_Block",
      "CF",  "_CF",    "__CF",   "_start", "__libc",    "CMoonpool", "$s",         "_NS",
  };
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (mp_has_prefix(name, prefixes[i])) return true;
  }
  return false;
}

static bool mp_is_glue(const char *name) {
  // What the macros of Swift Testing make of a test ($s…fMp_…): it calls the test, and nobody wrote it.
  const char *macro = strstr(name, "$s");
  if (macro != NULL && strstr(macro, "4TestfMp_") != NULL) return true;
  return mp_has_prefix(name, "reabstraction thunk") || mp_has_prefix(name, "thunk for") ||
         mp_has_prefix(name, "outlined ") || mp_has_prefix(name, "value witness");
}

bool mp_symbol_is_runtime(uintptr_t pc, const char *demangled) {
  const mp_image *image = mp_image_at(pc);
  if (image == NULL || mp_image_is_runtime(image)) return true;
  if (demangled == NULL || demangled[0] == 0 || mp_is_glue(demangled)) return true;
  // Our own C functions have any name, libc's even: they are recognised by where they lie.
  if (mp_is_ours(pc)) return true;
  const char *module;
  size_t length = mp_module_of(demangled, &module);
  if (module[length] == 0) return mp_c_name_is_runtime(demangled);
  return mp_module_is_runtime(module, length);
}

MP_INTERPOSERS_END
