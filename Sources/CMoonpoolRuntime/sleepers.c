//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Sleepers: what the simulation's own clock needs for one sleep. A timer, a continuation, and a cancellation handler
// that is added and removed here, because the standard library's function for that costs three frames more.

#include "core.h"
#include <stdlib.h>

/// Sleepers stay where they are, because the runtime holds their addresses: they live in blocks.
enum { BLOCK = 64 };

/// What a sleeper's `timer` is when no timer is its own.
#define NO_TIMER UINT64_MAX

typedef MP_SWIFTCC void (*cancellation_handler)(__attribute__((swift_context)) void *);
extern MP_SWIFTCC void *swift_task_addCancellationHandler(cancellation_handler, void *context);
extern MP_SWIFTCC void swift_task_removeCancellationHandler(void *record);

static void add_block(struct mp_sim_private *rest) {
  rest->sleeper_blocks = mp_grow(rest->sleeper_blocks, &rest->sleeper_block_capacity, rest->sleeper_block_count + 1,
                                 sizeof *rest->sleeper_blocks);
  mp_sleeper *block = calloc(BLOCK, sizeof *block);
  if (!block) abort();
  rest->sleeper_blocks[rest->sleeper_block_count++] = block;
}

static mp_sleeper *take(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  rest->sleepers_in_use++;
  mp_sleeper *sleeper = rest->sleeper_free;
  if (MP_LIKELY(sleeper != NULL)) {
    rest->sleeper_free = sleeper->next_free;
  } else {
    size_t index = rest->sleeper_count++;
    if (index / BLOCK == rest->sleeper_block_count) add_block(rest);
    sleeper = &rest->sleeper_blocks[index / BLOCK][index % BLOCK];
    sleeper->sim = sim;
  }
  sleeper->continuation = NULL;
  sleeper->timer = NO_TIMER;
  sleeper->cancelled = false;
  return sleeper;
}

static inline void give_back(mp_sleeper *sleeper) {
  struct mp_sim_private *rest = sleeper->sim->rest;
  rest->sleepers_in_use--;
  sleeper->timer = NO_TIMER;   // one that is still pending finds nobody
  sleeper->next_free = rest->sleeper_free;
  rest->sleeper_free = sleeper;
}

static MP_SWIFTCC void cancel(__attribute__((swift_context)) void *context) {
  mp_sleeper *sleeper = context;
  mp_node *node = sleeper->node;
  if (MP_UNLIKELY(!mp_tls_sim || mp_tls_sim != node->sim)) {
    // By a thread outside, or after the run: our tables are not its to touch. When such a thing is allowed, the task
    // notices its cancellation at the end of its sleep.
    mp_touched_from_outside(node);
    return;
  }
  sleeper->cancelled = true;
  mp_job *waiting = sleeper->continuation;
  sleeper->continuation = NULL;
  if (waiting) swift_continuation_resume(waiting);
}

mp_sleeper *mp_sleeper_begin(mp_sim *sim) {
  mp_sleeper *sleeper = take(sim);
  sleeper->node = mp_node_current(sim);
  // Calls the handler at once if the task has been cancelled before.
  sleeper->record = swift_task_addCancellationHandler(cancel, sleeper);
  if (MP_LIKELY(!sleeper->cancelled)) return sleeper;
  mp_sleeper_end(sleeper);
  return NULL;
}

void mp_sleeper_arm(mp_sleeper *sleeper, uint64_t when, uint64_t tolerance, void *continuation) {
  mp_sim *sim = sleeper->sim;
  if (MP_UNLIKELY(sleeper->cancelled || sim->rest->running_out)) {
    swift_continuation_resume(continuation);
    return;
  }
  sleeper->continuation = continuation;
  if (tolerance > 0) when += mp_draw(sim->timing, tolerance + 1);
  sleeper->timer = mp_timer_push(sim, when, (uintptr_t)sleeper | 1);
}

bool mp_sleeper_end(mp_sleeper *sleeper) {
  swift_task_removeCancellationHandler(sleeper->record);
  give_back(sleeper);
  return sleeper->cancelled;
}

void mp_sleeper_fire(mp_sim *sim, mp_sleeper *sleeper, uint64_t timer) {
  mp_job *waiting = sleeper->continuation;
  if (sleeper->timer != timer || !waiting) return;
  sleeper->continuation = NULL;
  if (MP_UNLIKELY(sim->rest->trace_level))
    mp_trace_note(sim, MP_TRACE_TIMER, MP_TASK_NUMBER(waiting), mp_job_node(waiting)->number, (uint32_t)timer, 1);
  swift_continuation_resume(waiting);
}

/// Tasks that resist to the end may be cancelled long after: their sleepers must not serve another run by then.
void mp_sleepers_abandon(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  if (rest->sleepers_in_use == 0) return;
  free(rest->sleeper_blocks);
  rest->sleeper_blocks = NULL;
  rest->sleeper_block_count = rest->sleeper_block_capacity = 0;
  mp_sleepers_reset(sim);
}

void mp_sleepers_reset(mp_sim *sim) {
  sim->rest->sleeper_count = sim->rest->sleepers_in_use = 0;
  sim->rest->sleeper_free = NULL;
}

void mp_sleepers_destroy(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  for (size_t i = 0; i < rest->sleeper_block_count; i++) free(rest->sleeper_blocks[i]);
  free(rest->sleeper_blocks);
}
