//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#include "MoonpoolReady.h"
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void mp_ready_grow(mp_ready *r) {
  uint32_t count = mp_ready_count(r);
  uint32_t capacity = r->ring == NULL ? FIRST_CAPACITY : (r->mask + 1) * 2;
  mp_ready_entry *ring = capacity == 0 ? NULL : malloc(capacity * sizeof *ring);
  if (ring == NULL) {
    fprintf(stderr, "moonpool: no memory for %u runnable jobs; is something starting tasks without end?\n", count);
    abort();
  }
  for (uint32_t i = 0; i < count; i++) ring[i] = *mp_ready_at(r, i);
  free(r->ring);
  r->ring = ring;
  r->mask = capacity - 1;
  r->head = 0;
  r->tail = count;
}

void mp_ready_reset(mp_ready *r) { r->head = r->tail = r->arrivals = 0; }

void mp_ready_free(mp_ready *r) {
  free(r->ring);
  *r = (mp_ready){0};
}
