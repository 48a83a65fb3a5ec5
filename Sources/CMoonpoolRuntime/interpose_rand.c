//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The C library's pseudo-random generators: rand, random and the drand48 family. Their state belongs to the whole
// process, so what a simulation reads would depend on its predecessors and on other threads. On simulation threads they
// draw from the entropy stream, until the program seeds them: from then on they are a function of that seed alone, as
// it expects (not glibc's function of it). The variants that carry their own state (rand_r, erand48, ...) need nothing.

#include "interpose.h"
#include "MoonpoolDecisions.h"
#include <stdlib.h>
#include <string.h>

MP_INTERPOSERS_BEGIN

typedef struct {
  bool seeded;
  uint64_t state;
} mp_seeded_generator;

// Two families, as in libc: rand and random share one, the 48-bit generators the other.
static _Thread_local mp_seeded_generator mp_random_family, mp_rand48_family;

/// A new simulation has not seeded anything yet.
void mp_rand_begin_simulation(void) {
  mp_random_family = (mp_seeded_generator){0};
  mp_rand48_family = (mp_seeded_generator){0};
}

static void mp_seed(mp_seeded_generator *generator, uint64_t seed) {
  *generator = (mp_seeded_generator){.seeded = true, .state = seed};
}

static uint64_t mp_next(mp_sim *sim, mp_seeded_generator *generator) {
  if (generator->seeded) return mp_splitmix64(&generator->state);
  uint64_t value;
  mp_fill_entropy(sim, &value, sizeof value);
  return value;
}

#define MP_FAMILY(result, name, family, expression)                                                                    \
  MP_EXPORT result name(void) {                                                                                        \
    mp_sim *sim = mp_tls_sim;                                                                                          \
    if (MP_LIKELY(sim == NULL)) return MP_REAL(name)();                                                                \
    uint64_t bits = mp_next(sim, &family);                                                                             \
    return expression;                                                                                                 \
  }

MP_FAMILY(int, rand, mp_random_family, (int)(bits >> 33))
MP_FAMILY(long, random, mp_random_family, (long)(bits >> 33))
MP_FAMILY(long, lrand48, mp_rand48_family, (long)(bits >> 33))
MP_FAMILY(long, mrand48, mp_rand48_family, (long)(int32_t)(bits >> 32))
MP_FAMILY(double, drand48, mp_rand48_family, (double)(bits >> 16) * 0x1p-48)

MP_EXPORT void srand(unsigned seed) {
  if (MP_LIKELY(mp_tls_sim == NULL)) MP_REAL(srand)(seed);
  else mp_seed(&mp_random_family, seed);
}

MP_EXPORT void srandom(unsigned seed) {
  if (MP_LIKELY(mp_tls_sim == NULL)) MP_REAL(srandom)(seed);
  else mp_seed(&mp_random_family, seed);
}

MP_EXPORT void srand48(long seed) {
  if (MP_LIKELY(mp_tls_sim == NULL)) MP_REAL(srand48)(seed);
  else mp_seed(&mp_rand48_family, (uint64_t)seed);
}

MP_INTERPOSERS_END
