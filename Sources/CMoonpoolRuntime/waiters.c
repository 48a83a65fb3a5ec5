//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Waiters: what one suspension of a task needs in the simulation's own calls, such as a sleep or a read. A timer, a
// continuation, and a cancellation handler.
//
// The handler's status record is our own and is linked into the task's list by hand. The runtime's functions for that
// allocate it on the task, search the list, and take a lock against other threads, for a quarter of a wait's cost; of a
// simulation's task there are no other threads. (One outside that cancels such a task fails the run in any case, and
// finds a record that is valid for as long as the process lives.)

#include "core.h"
#include <stdlib.h>

/// Waiters stay where they are, because the runtime holds their addresses: they live in blocks.
enum { BLOCK = 64 };

static void add_block(struct mp_sim_private *rest) {
  rest->waiter_blocks = mp_grow(rest->waiter_blocks, &rest->waiter_block_capacity, rest->waiter_block_count + 1,
                                sizeof *rest->waiter_blocks);
  mp_waiter *block = calloc(BLOCK, sizeof *block);
  if (!block) abort();
  rest->waiter_blocks[rest->waiter_block_count++] = block;
}

static MP_SWIFTCC void cancel(__attribute__((swift_context)) void *context);

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
    waiter->timer = MP_NEVER;
    waiter->record = (struct mp_status_record){MP_STATUS_RECORD_CANCELLATION, NULL, (void *)cancel, waiter};
  }
  waiter->continuation = NULL;
  waiter->deadline = MP_NEVER;
  waiter->cancelled = waiter->timed_out = waiter->by_node_clock = false;
  return waiter;
}

static inline void give_back(mp_waiter *waiter) {
  struct mp_sim_private *rest = waiter->sim->rest;
  rest->waiters_in_use--;
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
  mp_waiter_wake(waiter);
}

static inline uintptr_t *records_of(mp_job *task) { return &MP_FIELD(task, MP_OFFSET_TASK_STATUS_RECORD, uintptr_t); }

/// The low bits of the list's head are the runtime's.
static inline void set_innermost(uintptr_t *head, struct mp_status_record *record) {
  __atomic_store_n(head, (uintptr_t)record | (*head & 7), __ATOMIC_RELEASE);
}

static void unlink_record(mp_waiter *waiter) {
  uintptr_t *head = records_of(waiter->task);
  struct mp_status_record *own = &waiter->record, *record = (struct mp_status_record *)(*head & ~(uintptr_t)7);
  if (MP_LIKELY(record == own)) {
    set_innermost(head, own->parent);
    return;
  }
  while (record && record->parent != own) record = record->parent;
  if (record) record->parent = own->parent;
}

mp_waiter *mp_waiter_begin(mp_sim *sim) {
  mp_job *task = swift_task_getCurrent();
  if (mp_task_is_cancelled(task)) return NULL;
  mp_waiter *waiter = take(sim);
  mp_node *node = task->reserved ? mp_job_node(task) : NULL;
  waiter->node = MP_LIKELY(node && node->sim == sim) ? node : mp_node_current(sim);
  waiter->task = task;
  uintptr_t *head = records_of(task);
  waiter->record.parent = (struct mp_status_record *)(*head & ~(uintptr_t)7);
  set_innermost(head, &waiter->record);
  return waiter;
}

static void set_timer(mp_waiter *waiter, uint64_t when) {
  waiter->timer_when = when;
  waiter->timer = waiter->order;
  mp_timer_push_as(waiter->sim, when, (uintptr_t)waiter | MP_TIMER_WAITER, waiter->order);
}

void mp_waiter_arm(mp_waiter *waiter, uint64_t when, uint64_t tolerance, void *continuation) {
  mp_sim *sim = waiter->sim;
  if (MP_UNLIKELY(waiter->cancelled || sim->rest->running_out)) {
    swift_continuation_resume(continuation);
    return;
  }
  waiter->continuation = continuation;
  if (when == MP_NEVER) return;
  if (tolerance > 0) {
    uint64_t extra = mp_draw(sim->timing, tolerance < MP_NEVER ? tolerance + 1 : 0);
    when = extra < MP_NEVER - 1 - when ? when + extra : MP_NEVER - 1;
  }
  waiter->deadline = when;
  waiter->order = sim->rest->timer_sequence++;   // of equal deadlines, the one that was set first comes first
  // Most waits with a deadline end before it, and the next one has a later deadline. So a timer is left in the queue
  // for whatever wait its waiter serves when it fires, and is then set to the deadline of that.
  if (waiter->timer == MP_NEVER || waiter->timer_when > when) set_timer(waiter, when);
}

void mp_waiter_use_node_clock(mp_waiter *waiter) { waiter->by_node_clock = true; }

void mp_waiter_wake(mp_waiter *waiter) {
  mp_job *waiting = waiter->continuation;
  waiter->continuation = NULL;
  if (waiting) swift_continuation_resume(waiting);
}

void mp_continuation_resume(void *continuation) { swift_continuation_resume(continuation); }

int mp_waiter_end(mp_waiter *waiter) {
  unlink_record(waiter);
  give_back(waiter);
  return waiter->cancelled ? MP_WAIT_CANCELLED : waiter->timed_out ? MP_WAIT_TIMED_OUT : MP_WAIT_WOKEN;
}

bool mp_waiter_is_due(const mp_waiter *waiter, uint64_t timer, uint64_t when) {
  return waiter->timer == timer && waiter->continuation && waiter->deadline <= when &&
         waiter->node->state != MP_NODE_DEAD;
}

bool mp_waiter_fire(mp_sim *sim, mp_waiter *waiter, uint64_t timer) {
  if (waiter->timer != timer) return false;
  waiter->timer = MP_NEVER;
  mp_job *waiting = waiter->continuation;
  if (!waiting || waiter->deadline == MP_NEVER || waiter->node->state == MP_NODE_DEAD) return false;
  if (waiter->deadline > sim->now) {
    set_timer(waiter, waiter->deadline);
    return false;
  }
  waiter->continuation = NULL;
  waiter->timed_out = true;
  if (MP_UNLIKELY(sim->rest->trace_level))
    mp_trace_note(sim, MP_TRACE_TIMER, MP_TASK_NUMBER(waiting), mp_job_node(waiting)->number, (uint32_t)timer, 1);
  swift_continuation_resume(waiting);
  return true;
}

const void *mp_waiter_task(const mp_waiter *waiter) { return waiter->continuation; }

bool mp_waiter_has_timer(mp_sim *sim, const mp_job *task) {
  struct mp_sim_private *rest = sim->rest;
  for (size_t i = 0; i < rest->waiter_count; i++) {
    const mp_waiter *waiter = &rest->waiter_blocks[i / BLOCK][i % BLOCK];
    if (waiter->continuation == task && waiter->deadline != MP_NEVER) return true;
  }
  return false;
}

uint64_t mp_waiter_retime(mp_waiter *waiter, const mp_node *node, uint64_t (*map)(void *, uint64_t), void *context) {
  if (waiter->continuation && waiter->deadline != MP_NEVER && waiter->by_node_clock && waiter->node == node) {
    waiter->deadline = map(context, waiter->deadline);
    if (waiter->deadline < waiter->timer_when) waiter->timer_when = waiter->deadline;
  }
  return waiter->timer_when;
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
