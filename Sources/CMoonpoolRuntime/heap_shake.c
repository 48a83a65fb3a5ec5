//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Shaking the heap: a program that depends on the addresses of its objects should show it in the second run of a seed,
// not in the thousandth. The allocator hands freed blocks out again in an order that follows from how they were freed.

#include "core.h"
#include <stdlib.h>

enum { BLOCKS = 1024, SIZES = 16, GRAIN = 16 };

struct mp_heap_shake {
  void *held[BLOCKS];
};

mp_heap_shake *mp_heap_shake_begin(uint64_t seed) {
  mp_heap_shake *shake = malloc(sizeof *shake);
  if (!shake) return NULL;
  uint64_t state[4];
  for (int i = 0; i < 4; i++) state[i] = mp_splitmix64(&seed);
  for (size_t i = 0; i < BLOCKS; i++) shake->held[i] = malloc(GRAIN * (1 + mp_scale(mp_xoshiro256ss(state), SIZES)));
  for (size_t i = BLOCKS - 1; i > 0; i--) {   // shuffle, then free one half: holes in a random order
    size_t j = mp_scale(mp_xoshiro256ss(state), i + 1);
    void *block = shake->held[i];
    shake->held[i] = shake->held[j];
    shake->held[j] = block;
  }
  for (size_t i = 0; i < BLOCKS / 2; i++) {
    free(shake->held[i]);
    shake->held[i] = NULL;
  }
  return shake;
}

void mp_heap_shake_end(mp_heap_shake *shake) {
  if (!shake) return;
  for (size_t i = BLOCKS / 2; i < BLOCKS; i++) free(shake->held[i]);
  free(shake);
}
