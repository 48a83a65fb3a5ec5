//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Timers: a 4-ary heap by (virtual time, order of scheduling), and sleepers for the simulation's own clock.

#include "core.h"

static inline bool earlier(const mp_timer *a, const mp_timer *b) {
  return a->when < b->when || (a->when == b->when && a->sequence < b->sequence);
}

void mp_timer_push(mp_sim *sim, uint64_t when, uintptr_t payload) {
  mp_timers *timers = &sim->rest->timers;
  if (MP_UNLIKELY(timers->count == timers->capacity))
    timers->heap = mp_grow(timers->heap, &timers->capacity, timers->count + 1, sizeof *timers->heap);
  if (when < sim->now) when = sim->now;
  mp_timer timer = {when, sim->rest->timer_sequence++, payload};
  mp_timer *heap = timers->heap;
  size_t i = timers->count++;
  while (i > 0) {
    size_t parent = (i - 1) >> 2;
    if (!earlier(&timer, &heap[parent])) break;
    heap[i] = heap[parent];
    i = parent;
  }
  heap[i] = timer;
  sim->next_timer = heap[0].when;
}

/// What `earlier` compares, as one number: min and select of these compile to conditional moves. Which of
/// four random deadlines is least cannot be predicted, and a wrong guess per level costs more than all else.
typedef unsigned __int128 timer_key;
static inline timer_key key_of(const mp_timer *t) { return (timer_key)t->when << 64 | t->sequence; }

/// Moves the hole at the root down until `moved` fits into it; returns where that is.
static size_t sink(mp_timer *heap, size_t count, timer_key moved) {
  size_t hole = 0, child = 1;
  for (; child + 3 < count; child = 4 * hole + 1) {
    const mp_timer *c = &heap[child];
    timer_key k0 = key_of(&c[0]), k1 = key_of(&c[1]), k2 = key_of(&c[2]), k3 = key_of(&c[3]);
    bool a = k1 < k0, b = k3 < k2;
    timer_key ka = a ? k1 : k0, kb = b ? k3 : k2;
    bool second = kb < ka;
    size_t least = second ? child + 2 + b : child + a;
    if (moved <= (second ? kb : ka)) return hole;
    heap[hole] = heap[least];
    hole = least;
  }
  if (child >= count) return hole;
  size_t least = child;
  for (size_t k = child + 1; k < count; k++)
    if (earlier(&heap[k], &heap[least])) least = k;
  if (moved <= key_of(&heap[least])) return hole;
  heap[hole] = heap[least];
  return least;
}

static mp_timer pop(mp_sim *sim) {
  mp_timers *timers = &sim->rest->timers;
  mp_timer *heap = timers->heap, first = heap[0], last = heap[--timers->count];
  size_t count = timers->count;
  if (count > 0) heap[sink(heap, count, key_of(&last))] = last;
  sim->next_timer = count > 0 ? heap[0].when : UINT64_MAX;
  return first;
}

static void fire(mp_sim *sim) {
  mp_timer timer = pop(sim);
  sim->jobs_at_event = sim->jobs;
  if (timer.payload & 1) {
    mp_sleeper_fire(sim, timer.payload);
    return;
  }
  mp_job *job = (mp_job *)timer.payload;
  if (MP_UNLIKELY(sim->rest->trace_level))
    mp_trace_note(sim, MP_TRACE_TIMER, mp_job_is_task(job) ? MP_TASK_NUMBER(job) : 0, mp_job_node(job)->number,
                  (uint32_t)timer.sequence, 0);
  mp_push_ready(sim, job, 0);
}

void mp_sim_fire_due(mp_sim *sim) {
  while (sim->next_timer <= sim->now) fire(sim);
}

bool mp_sim_advance(mp_sim *sim) {
  if (sim->next_timer == UINT64_MAX && sim->rest->timers.count == 0) return false;
  if (sim->next_timer > sim->now) sim->now = sim->next_timer;
  mp_sim_fire_due(sim);
  return true;
}

// MARK: sleepers

static inline uint32_t index_of(uint64_t sleeper) { return (uint32_t)sleeper; }

/// The sleeper that a handle means, or NULL when it is over (its place may serve another by now).
static mp_sleeper *find(mp_sim *sim, uint64_t handle) {
  struct mp_sim_private *rest = sim->rest;
  uint32_t index = index_of(handle);
  if (index >= rest->sleeper_count) return NULL;
  mp_sleeper *sleeper = &rest->sleepers[index];
  return sleeper->in_use && sleeper->generation == (uint32_t)(handle >> 32) ? sleeper : NULL;
}

uint64_t mp_sleeper_make(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  uint32_t index = rest->sleeper_free;
  if (index != UINT32_MAX) {
    rest->sleeper_free = rest->sleepers[index].next_free;
  } else {
    size_t capacity = rest->sleeper_capacity;
    index = rest->sleeper_count++;
    rest->sleepers = mp_grow(rest->sleepers, &capacity, rest->sleeper_count, sizeof *rest->sleepers);
    rest->sleeper_capacity = (uint32_t)capacity;
    rest->sleepers[index].generation = 0;
  }
  mp_sleeper *sleeper = &rest->sleepers[index];
  sleeper->continuation = NULL;
  sleeper->in_use = true;
  sleeper->cancelled = false;
  return (uint64_t)sleeper->generation << 32 | index;
}

void mp_sleeper_free(mp_sim *sim, uint64_t handle) {
  mp_sleeper *sleeper = find(sim, handle);
  if (!sleeper) return;
  sleeper->in_use = false;
  sleeper->generation++;
  sleeper->next_free = sim->rest->sleeper_free;
  sim->rest->sleeper_free = index_of(handle);
}

void mp_sleeper_arm(mp_sim *sim, uint64_t handle, uint64_t when, uint64_t tolerance, void *continuation) {
  mp_sleeper *sleeper = find(sim, handle);
  if (sleeper->cancelled || sim->rest->running_out) {   // cancelled between the check and the suspension
    swift_continuation_resume(continuation);
    return;
  }
  sleeper->continuation = continuation;
  if (tolerance > 0) when += mp_draw(sim->timing, tolerance + 1);
  // A pending timer keeps 31 bits of the generation: enough to tell a stale one from the slot's present user.
  mp_timer_push(sim, when, (uintptr_t)sleeper->generation << 33 | (uintptr_t)index_of(handle) << 1 | 1);
}

void mp_sleeper_cancel(mp_sim *sim, uint64_t handle) {
  if (MP_UNLIKELY(mp_tls_sim != sim)) {   // cancelled by a thread outside: our tables are not its to touch
    mp_sim_request_stop(sim, MP_STOP_FOREIGN_RESUME);
    return;
  }
  mp_sleeper *sleeper = find(sim, handle);
  if (!sleeper) return;
  sleeper->cancelled = true;
  mp_job *waiting = sleeper->continuation;
  sleeper->continuation = NULL;
  if (waiting) swift_continuation_resume(waiting);
}

void mp_sleeper_fire(mp_sim *sim, uintptr_t payload) {
  uint32_t index = (uint32_t)(payload >> 1);
  mp_sleeper *sleeper = &sim->rest->sleepers[index];
  uint32_t mask = 0x7fffffff;
  if (!sleeper->in_use || (sleeper->generation & mask) != ((uint32_t)(payload >> 33) & mask)) return;
  mp_job *waiting = sleeper->continuation;
  if (!waiting) return;
  sleeper->continuation = NULL;
  if (MP_UNLIKELY(sim->rest->trace_level))
    mp_trace_note(sim, MP_TRACE_TIMER, MP_TASK_NUMBER(waiting), mp_job_node(waiting)->number, index, 1);
  swift_continuation_resume(waiting);
}
