//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What the Swift runtime says before it traps. libswiftCore prints "…: Fatal error: …" with fputs to stderr; a
// simulation keeps it for its verdict instead of letting thousands of seeds print. print() comes through fwrite to
// stdout, so the question "is it stderr" is asked before any other.

#include "interpose.h"
#include "include/MoonpoolSimulation.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

/// What the runtime's messages contain. Anything else on stderr is the program's own and is left alone.
static const char *const mp_fatal_phrases[] = {
    "Fatal error",
    "Precondition failed",
    "Assertion failed",
    "Could not cast value of type",
    "Fatal access conflict",
    "Simultaneous accesses to",
    "Incorrect actor executor assumption",
    "freed pointer was not the last allocation",
    "Object was retained too many times",
    "Swift runtime failure",
};

static bool mp_keeps(const char *text, size_t count) {
  mp_sim *sim = mp_tls_sim;
  if (sim == NULL || count == 0) return false;
  // When the verdict is known left-overs are taken apart, and continuations with them: nobody has misused anything.
  static const char misuse[] = "SWIFT TASK CONTINUATION MISUSE";
  if (memmem(text, count, misuse, sizeof misuse - 1) != NULL)
    return mp_sim_is_running_out() || mp_sim_stop(sim) != MP_STOP_NONE;
  for (size_t i = 0; i < sizeof mp_fatal_phrases / sizeof *mp_fatal_phrases; i++) {
    const char *phrase = mp_fatal_phrases[i];
    if (memmem(text, count, phrase, strlen(phrase)) != NULL) return mp_keep_fatal_message(sim, text, count);
  }
  return false;
}

MP_EXPORT int fputs(const char *restrict text, FILE *restrict stream) {
  if (MP_UNLIKELY(mp_tls_sim != NULL) && stream == stderr && mp_keeps(text, strlen(text))) return 1;
  return MP_REAL(fputs)(text, stream);
}

MP_EXPORT size_t fwrite(const void *restrict bytes, size_t size, size_t count, FILE *restrict stream) {
  if (MP_UNLIKELY(mp_tls_sim != NULL) && stream == stderr && mp_keeps(bytes, size * count)) return count;
  return MP_REAL(fwrite)(bytes, size, count, stream);
}

MP_EXPORT ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (MP_UNLIKELY(mp_tls_sim != NULL) && descriptor == STDERR_FILENO && mp_keeps(bytes, count)) return (ssize_t)count;
  return MP_REAL(write)(descriptor, bytes, count);
}

MP_INTERPOSERS_END
