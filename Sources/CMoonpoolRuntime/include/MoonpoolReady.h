//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Jobs that can run now: the table that the scheduling strategies choose from.

#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One runnable job, described by what is the same in every run of a seed (`resource` only by equality).
typedef struct mp_ready_entry {
  void *job;            ///< the runtime's job; never look inside from a strategy
  uint64_t key;         ///< owned by the strategy; 0 on arrival
  uintptr_t resource;   ///< identity of the actor that this job would drain, 0 if none; compare only for equality
  uint32_t task;        ///< birth number of the task in this simulation, 1-based; 0 for a job that is no task
  uint16_t node;        ///< number of the node that the job belongs to; 0 is the root
  uint16_t flags;       ///< MP_READY_*
} mp_ready_entry;

enum {
  MP_READY_MAIN = 1,    ///< runs on the main actor's executor
  MP_READY_DRAIN = 2,   ///< works off an actor's queue; `task` is the one that was queued last
  MP_READY_LATE = 4,    ///< has waited for a paused node to go on; taken away before it runs
};

/// A ring; all zero is an empty one. New jobs are appended at the end; `take` moves the first entry into the hole, so
/// that taking index 0 is a queue (first in, first out) and every other index costs the same.
typedef struct mp_ready {
  mp_ready_entry *ring;
  uint32_t mask, head, tail;   ///< free-running; index with `mask`
  uint32_t arrivals;           ///< entries appended since the last `take`: they are the last ones
} mp_ready;

static inline uint32_t mp_ready_count(const mp_ready *r) { return r->tail - r->head; }
static inline mp_ready_entry *mp_ready_at(const mp_ready *r, uint32_t i) { return &r->ring[(r->head + i) & r->mask]; }

/// Doubles the ring, or makes the first one. Out of line: it happens a few times in a run.
void mp_ready_grow(mp_ready *r);
/// Forgets all entries and keeps the memory.
void mp_ready_reset(mp_ready *r);
/// Gives the memory back; the ring can be used again.
void mp_ready_free(mp_ready *r);

static inline mp_ready_entry *mp_ready_append(mp_ready *r) {
  if (__builtin_expect(r->ring == NULL || mp_ready_count(r) == r->mask + 1, 0)) mp_ready_grow(r);
  r->arrivals++;
  return &r->ring[r->tail++ & r->mask];
}

static inline mp_ready_entry mp_ready_take(mp_ready *r, uint32_t i) {
  mp_ready_entry *hole = mp_ready_at(r, i), taken = *hole;
  *hole = r->ring[r->head & r->mask];
  r->head++;
  r->arrivals = 0;
  return taken;
}

#ifdef __cplusplus
}
#endif
