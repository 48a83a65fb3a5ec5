//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Waiters: what one suspension of a task needs in the simulation's own calls, such as a sleep or a read. A timer, a
// continuation, and a cancellation handler that is added and removed here, because the standard library's function for
// that costs three frames more.

#include "core.h"
#include <stdlib.h>

/// Waiters stay where they are, because the runtime holds their addresses: they live in blocks.
enum { BLOCK = 64 };

/// What a waiter's `timer` is when no timer is its own.
#define NO_TIMER UINT64_MAX

typedef MP_SWIFTCC void (*cancellation_handler)(__attribute__((swift_context)) void *);
extern MP_SWIFTCC void *swift_task_addCancellationHandler(cancellation_handler, void *context);
extern MP_SWIFTCC void swift_task_removeCancellationHandler(void *record);

static void add_block(struct mp_sim_private *rest) {
  rest->waiter_blocks = mp_grow(rest->waiter_blocks, &rest->waiter_block_capacity, rest->waiter_block_count + 1,
                                 sizeof *rest->waiter_blocks);
  mp_waiter *block = calloc(BLOCK, sizeof *block);
  if (!block) abort();
  rest->waiter_blocks[rest->waiter_block_count++] = block;
}

static mp_waiter *take(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  rest->waiters_in_use++;
  mp_waiter *waiter = rest->waiter_free;
  if (MP_LIKELY(waiter != NULL)) {
    rest->waiter_free = waiter->next_free;
  } else {
    size_t index = rest->waiter_count++;
    if (index / BLOCK == rest->waiter_block_count) add_block(rest);
    waiter = &rest->waiter_blocks[index / BLOCK][index % BLOCK];
    waiter->sim = sim;
  }
  waiter->continuation = NULL;
  waiter->timer = NO_TIMER;
  waiter->cancelled = waiter->timed_out = false;
  return waiter;
}

static inline void give_back(mp_waiter *waiter) {
  struct mp_sim_private *rest = waiter->sim->rest;
  rest->waiters_in_use--;
  waiter->timer = NO_TIMER;   // one that is still pending finds nobody
  waiter->next_free = rest->waiter_free;
  rest->waiter_free = waiter;
}

static MP_SWIFTCC void cancel(__attribute__((swift_context)) void *context) {
  mp_waiter *waiter = context;
  mp_node *node = waiter->node;
  if (MP_UNLIKELY(!mp_tls_sim || mp_tls_sim != node->sim)) {
    // By a thread outside, or after the run: our tables are not its to touch. When such a thing is allowed, the task
    // notices its cancellation at the end of its wait.
    mp_touched_from_outside(node);
    return;
  }
  waiter->cancelled = true;
  mp_job *waiting = waiter->continuation;
  waiter->continuation = NULL;
  if (waiting) swift_continuation_resume(waiting);
}

mp_waiter *mp_waiter_begin(mp_sim *sim) {
  mp_waiter *waiter = take(sim);
  waiter->node = mp_node_current(sim);
  // Calls the handler at once if the task has been cancelled before.
  waiter->record = swift_task_addCancellationHandler(cancel, waiter);
  if (MP_LIKELY(!waiter->cancelled)) return waiter;
  mp_waiter_end(waiter);
  return NULL;
}

void mp_waiter_arm(mp_waiter *waiter, uint64_t when, uint64_t tolerance, void *continuation) {
  mp_sim *sim = waiter->sim;
  if (MP_UNLIKELY(waiter->cancelled || sim->rest->running_out)) {
    swift_continuation_resume(continuation);
    return;
  }
  waiter->continuation = continuation;
  if (when == UINT64_MAX) return;
  if (tolerance > 0) when += mp_draw(sim->timing, tolerance + 1);
  waiter->timer = mp_timer_push(sim, when, (uintptr_t)waiter | 1);
}

void mp_waiter_wake(mp_waiter *waiter) {
  mp_job *waiting = waiter->continuation;
  waiter->continuation = NULL;
  if (waiting) swift_continuation_resume(waiting);
}

int mp_waiter_end(mp_waiter *waiter) {
  swift_task_removeCancellationHandler(waiter->record);
  give_back(waiter);
  return waiter->cancelled ? MP_WAIT_CANCELLED : waiter->timed_out ? MP_WAIT_TIMED_OUT : MP_WAIT_WOKEN;
}

bool mp_waiter_fire(mp_sim *sim, mp_waiter *waiter, uint64_t timer) {
  mp_job *waiting = waiter->continuation;
  if (waiter->timer != timer || !waiting) return false;
  waiter->continuation = NULL;
  waiter->timed_out = true;
  if (MP_UNLIKELY(sim->rest->trace_level))
    mp_trace_note(sim, MP_TRACE_TIMER, MP_TASK_NUMBER(waiting), mp_job_node(waiting)->number, (uint32_t)timer, 1);
  swift_continuation_resume(waiting);
  return true;
}

/// Tasks that resist to the end may be cancelled long after: their waiters must not serve another run by then.
void mp_waiters_abandon(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  if (rest->waiters_in_use == 0) return;
  free(rest->waiter_blocks);
  rest->waiter_blocks = NULL;
  rest->waiter_block_count = rest->waiter_block_capacity = 0;
  mp_waiters_reset(sim);
}

void mp_waiters_reset(mp_sim *sim) {
  sim->rest->waiter_count = sim->rest->waiters_in_use = 0;
  sim->rest->waiter_free = NULL;
}

void mp_waiters_destroy(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  for (size_t i = 0; i < rest->waiter_block_count; i++) free(rest->waiter_blocks[i]);
  free(rest->waiter_blocks);
}
