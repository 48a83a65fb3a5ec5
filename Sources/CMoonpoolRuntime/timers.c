//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Timers: a 4-ary heap by (virtual time, order of scheduling).

#include "core.h"

static inline bool earlier(const mp_timer *a, const mp_timer *b) {
  return a->when < b->when || (a->when == b->when && a->sequence < b->sequence);
}

void mp_timer_push(mp_sim *sim, uint64_t when, uintptr_t payload) {
  mp_timer_push_as(sim, when, payload, sim->rest->timer_sequence++);
}

void mp_timer_push_as(mp_sim *sim, uint64_t when, uintptr_t payload, uint64_t sequence) {
  mp_timers *timers = &sim->rest->timers;
  if (MP_UNLIKELY(timers->count == timers->capacity))
    timers->heap = mp_grow(timers->heap, &timers->capacity, timers->count + 1, sizeof *timers->heap);
  if (when < sim->now) when = sim->now;
  mp_timer timer = {when, sequence, payload};
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

static void place_again(mp_timer *heap, size_t count) {
  for (size_t i = 1; i < count; i++) {   // insertion after insertion: it happens when a clock changes its rate
    mp_timer timer = heap[i];
    size_t hole = i;
    while (hole > 0 && earlier(&timer, &heap[(hole - 1) >> 2])) {
      heap[hole] = heap[(hole - 1) >> 2];
      hole = (hole - 1) >> 2;
    }
    heap[hole] = timer;
  }
}

static mp_timer pop(mp_sim *sim) {
  mp_timers *timers = &sim->rest->timers;
  mp_timer *heap = timers->heap, first = heap[0], last = heap[--timers->count];
  size_t count = timers->count;
  if (count > 0) heap[sink(heap, count, key_of(&last))] = last;
  sim->next_timer = count > 0 ? heap[0].when : UINT64_MAX;
  return first;
}

static bool fire_job(mp_sim *sim, const mp_timer *timer) {
  mp_job *job = (mp_job *)timer->payload;
  bool is_live = mp_job_node(job)->state != MP_NODE_DEAD;
  if (MP_UNLIKELY(sim->rest->trace_level))
    mp_trace_note(sim, MP_TRACE_TIMER, mp_job_is_task(job) ? MP_TASK_NUMBER(job) : 0, mp_job_node(job)->number,
                  (uint32_t)timer->sequence, 0);
  mp_push_ready(sim, job, 0);
  return is_live;
}

// Task.sleep leaves its timer when it is cancelled, with a job that will find nothing to do. That nobody waits for it
// shows only when that job has made nothing runnable; by then it has taken its virtual time.

/// How many jobs have been runnable so far.
static inline uint64_t jobs_so_far(const mp_sim *sim) {
  return sim->jobs + sim->rest->frozen_jobs + mp_ready_count(&sim->ready);
}

uint64_t mp_sim_last_happening(const mp_sim *sim) {
  return jobs_so_far(sim) == sim->rest->idle_jobs ? sim->rest->idle_since : sim->now;
}

static bool is_sleep(const mp_timer *timer) {
  mp_job *job = (mp_job *)timer->payload;
  return (timer->payload & MP_TIMER_MASK) == MP_TIMER_JOB && mp_job_is_task(job) && MP_TASK_IS_TIMER(job);
}

/// Fires the earliest timer. False if nobody waited for it any more: then virtual time is as before.
static bool fire(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  mp_timer timer = pop(sim);
  uint64_t before = sim->now;
  bool idle = jobs_so_far(sim) == rest->idle_jobs;
  if (!idle && mp_ready_count(&sim->ready) == 0) {
    idle = true;
    rest->idle_since = before;
  }
  if (timer.when > before) sim->now = timer.when;
  bool live = true;
  switch (timer.payload & MP_TIMER_MASK) {
  case MP_TIMER_WAITER:
    live = mp_waiter_fire(sim, (mp_waiter *)(timer.payload & ~(uintptr_t)MP_TIMER_MASK), timer.sequence);
    break;
  case MP_TIMER_EVENT:
    sim->event_due = timer.when;
    live = !rest->running_out && sim->on_event(sim->world, timer.payload >> 2);
    break;
  default: live = fire_job(sim, &timer);
  }
  if (live) sim->jobs_at_event = sim->jobs;
  else sim->now = before;
  rest->idle_jobs = idle && (!live || is_sleep(&timer)) ? jobs_so_far(sim) : MP_NEVER;
  return live;
}

void mp_sim_fire_due(mp_sim *sim) {
  while (sim->next_timer <= sim->now) fire(sim);
}

/// Whether anybody waits for a timer, as far as can be told before it fires.
static bool is_live(const mp_timer *timer) {
  switch (timer->payload & MP_TIMER_MASK) {
  case MP_TIMER_WAITER:
    return mp_waiter_is_due((mp_waiter *)(timer->payload & ~(uintptr_t)MP_TIMER_MASK), timer->sequence, timer->when);
  case MP_TIMER_JOB: return mp_job_node((mp_job *)timer->payload)->state != MP_NODE_DEAD;
  default: return true;
  }
}

int mp_sim_advance(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  while (rest->timers.count > 0) {
    if (sim->next_timer > sim->limit && !rest->running_out && is_live(&rest->timers.heap[0])) return MP_ADVANCE_LIMIT;
    if (!fire(sim)) continue;
    mp_sim_fire_due(sim);
    return MP_ADVANCE_DONE;
  }
  return MP_ADVANCE_IDLE;
}

void mp_node_retime(mp_node *node, uint64_t (*map)(void *context, uint64_t when), void *context) {
  mp_sim *sim = node->sim;
  mp_timers *timers = &sim->rest->timers;
  for (size_t i = 0; i < timers->count; i++) {
    mp_timer *timer = &timers->heap[i];
    switch (timer->payload & MP_TIMER_MASK) {
    case MP_TIMER_JOB:
      if (mp_job_node((mp_job *)timer->payload) == node) timer->when = map(context, timer->when);
      break;
    case MP_TIMER_WAITER: {
      mp_waiter *waiter = (mp_waiter *)(timer->payload & ~(uintptr_t)MP_TIMER_MASK);
      if (waiter->timer == timer->sequence) timer->when = mp_waiter_retime(waiter, node, map, context);
      break;
    }
    default: break;
    }
  }
  place_again(timers->heap, timers->count);
  sim->next_timer = timers->count > 0 ? timers->heap[0].when : UINT64_MAX;
}

void mp_sim_set_world(mp_sim *sim, void *context, mp_event_handler on_event, mp_quiet_handler on_quiet) {
  sim->world = context;
  sim->on_event = on_event;
  sim->on_quiet = on_quiet;
}

void mp_event_schedule(mp_sim *sim, uint64_t when, uint64_t event) {
  mp_timer_push(sim, when, (uintptr_t)event << 2 | MP_TIMER_EVENT);
}
