//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Deterministic hashing: Set and Dictionary order, hashValue. Swift seeds its hasher once per process, from entropy,
// before main; changing the seed later would lose what existing tables contain. So it has to happen at start, for the
// whole process, simulated or not.
//
// Dynamic standard library: libswiftCore.so has initialised its parameters before our constructors run: overwrite them
// in a constructor. Static: its initialiser runs after our constructors, so they are overwritten once more just before
// main, from a main that is wrapped by __libc_start_main.
//
// Never setenv() here, although SWIFT_DETERMINISTIC_HASHING exists: it moves `environ`, and the statically linked
// runtime finds argv by walking backwards from it (CommandLine.arguments would be empty).

#include "interpose.h"
#include "MoonpoolDecisions.h"
#include <stdlib.h>

MP_INTERPOSERS_BEGIN

struct mp_hashing_parameters {
  uint64_t seed0, seed1;
  bool deterministic;
};

extern struct mp_hashing_parameters _swift_stdlib_Hashing_parameters __attribute__((weak));

static struct mp_hashing_parameters *mp_hashing(void) {
  if (&_swift_stdlib_Hashing_parameters != NULL) return &_swift_stdlib_Hashing_parameters;
  return dlsym(RTLD_DEFAULT, "_swift_stdlib_Hashing_parameters");
}

/// MOONPOOL_HASH_SEED picks another order, as reproducible as the usual one: a way to find code that relies on it.
static void mp_make_hashing_deterministic(void) {
  struct mp_hashing_parameters *hashing = mp_hashing();
  if (hashing == NULL) return;
  const char *text = getenv("MOONPOOL_HASH_SEED");
  uint64_t state = text != NULL ? strtoull(text, NULL, 10) : 0;
  bool chosen = state != 0;
  hashing->seed0 = chosen ? mp_splitmix64(&state) : 0;
  hashing->seed1 = chosen ? mp_splitmix64(&state) : 0;
  hashing->deterministic = true;
}

bool mp_hashing_is_deterministic(void) {
  struct mp_hashing_parameters *hashing = mp_hashing();
  return hashing != NULL && hashing->deterministic;
}

__attribute__((constructor(101))) static void mp_start_process(void) { mp_make_hashing_deterministic(); }

typedef int (*mp_main)(int, char **, char **);
static mp_main mp_program_main;

static int mp_wrapped_main(int argument_count, char **arguments, char **environment) {
  mp_make_hashing_deterministic();
  return mp_program_main(argument_count, arguments, environment);
}

/// Called by the program's entry code, before any constructor of the program.
MP_EXPORT int __libc_start_main(mp_main program_main, int argument_count, char **arguments, void (*initialise)(void),
                                void (*finish)(void), void (*finish_loader)(void), void *stack_end) {
  __typeof__(&__libc_start_main) real_start = (__typeof__(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");
  mp_program_main = program_main;
  return real_start(mp_wrapped_main, argument_count, arguments, initialise, finish, finish_loader, stack_end);
}

MP_INTERPOSERS_END
