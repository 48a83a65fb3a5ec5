//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What a crash is: no instruction of a node's tasks runs from that instant on, whoever asks for it.
// Undone after the verdict, when left-over tasks give their memory back.
//
// Three things could run a dead task's code: its job, when the scheduler picks it (it is frozen instead); an actor
// that drains its queue, or anybody else who has the task already (its resume pointer is replaced by a stub); and a
// live task that cancels it, since cancellation handlers run at the caller's (they are replaced by nothing).
// async-let children are in no table, and are found through their parents.

#include "core.h"
#include <stdlib.h>

void mp_node_freeze_job(mp_node *node, mp_job *job, mp_executor_ref executor, uint16_t flags) {
  node->frozen = mp_grow(node->frozen, &node->frozen_capacity, node->frozen_count + 1, sizeof *node->frozen);
  node->frozen[node->frozen_count++] = (struct mp_frozen_job){job, executor, flags};
}

void mp_node_free_seals(mp_node *node) {
  free(node->frozen);
  free(node->sealed_tasks);
  free(node->muted);
  node->frozen = NULL;
  node->sealed_tasks = NULL;
  node->muted = NULL;
  node->frozen_count = node->sealed_count = node->muted_count = 0;
  node->frozen_capacity = node->sealed_capacity = node->muted_capacity = 0;
}

/// Where a dead task goes on if something resumes it in spite of all: nowhere. It remembers the actor that it was on.
static __attribute__((swiftasynccall)) void stay_dead(__attribute__((swift_async_context)) void *context) {
  (void)context;
  mp_executor_ref executor = swift_task_getCurrentExecutor();
  mp_job *task = swift_task_suspend();
  mp_node_freeze_job(mp_job_node(task), task, executor, 0);
}

static MP_SWIFTCC void stay_silent(void) {}

static void mute(mp_node *node, void **place) {
  if (*place == (void *)stay_silent) return;
  node->muted = mp_grow(node->muted, &node->muted_capacity, node->muted_count + 1, sizeof *node->muted);
  node->muted[node->muted_count++] = (struct mp_muted_handler){place, *place};
  *place = (void *)stay_silent;
}

static inline uint32_t *status_of(mp_job *task) { return &MP_FIELD(task, MP_OFFSET_TASK_STATUS_FLAGS, uint32_t); }

void mp_seal_task(mp_node *node, mp_job *task) {
  uint32_t status = *status_of(task);
  if (status & MP_TASK_STATUS_COMPLETE) return;   // nothing of it is left to run, and it may be freed at any time
  node->sealed_tasks =
      mp_grow(node->sealed_tasks, &node->sealed_capacity, node->sealed_count + 1, sizeof *node->sealed_tasks);
  struct mp_sealed_task *sealed = &node->sealed_tasks[node->sealed_count++];
  // The pointer of a task that runs is stale: it is written when the task suspends, which a dead one doesn't.
  bool running = task == swift_task_getCurrent();
  *sealed = (struct mp_sealed_task){task, running ? NULL : task->resume, (status & MP_TASK_STATUS_CANCELLED) != 0};
  if (!running) task->resume = (void *)stay_dead;
  for (char *record = mp_task_records(task); record; record = mp_record_parent(record)) {
    switch (mp_record_kind(record)) {
    case MP_STATUS_RECORD_CHILD:
      for (mp_job *child = MP_FIELD(record, MP_OFFSET_RECORD_BODY, mp_job *); child;
           child = MP_FIELD(child, MP_OFFSET_TASK_NEXT_CHILD, mp_job *))
        if (mp_is_async_let(child)) mp_seal_task(node, child);
      break;
    case MP_STATUS_RECORD_CANCELLATION:
    case MP_STATUS_RECORD_ESCALATION: mute(node, &MP_FIELD(record, MP_OFFSET_RECORD_BODY, void *)); break;
    default: break;
    }
  }
}

void mp_node_kill(mp_node *node) {
  if (node->state != MP_NODE_ALIVE) return;
  mp_node_resume(node);   // a turn on an actor that waits must be taken
  mp_sim *sim = node->sim;
  if (sim->rest->trace_level) mp_trace_note(sim, MP_TRACE_NODE_KILL, 0, node->number, (uint32_t)node->live, 0);
  node->state = MP_NODE_DEAD;
  for (size_t i = 0; i < node->live; i++) mp_seal_task(node, node->tasks[i]);
}

void mp_node_pause(mp_node *node) { node->paused = true; }

void mp_node_resume(mp_node *node) {
  if (!node->paused) return;
  node->paused = false;
  if (node->state != MP_NODE_ALIVE) return;   // killed meanwhile: what waits is frozen for good
  size_t count = node->frozen_count;
  node->frozen_count = 0;
  for (size_t i = 0; i < count; i++)
    mp_push_ready(node->sim, node->frozen[i].job, node->frozen[i].flags | MP_READY_LATE);
}

void mp_node_kill_self(mp_node *node) {
  mp_node_kill(node);
  mp_lose_thread(MP_LOST_SELF_KILL, 0, "");
}

void mp_node_thaw(mp_sim *sim, mp_node *node) {
  for (size_t i = 0; i < node->sealed_count; i++) {
    struct mp_sealed_task *sealed = &node->sealed_tasks[i];
    if (sealed->resume) sealed->task->resume = sealed->resume;
    // Cancelled while dead, it has not heard of it: let it be cancelled again.
    if (!sealed->was_cancelled)
      __atomic_and_fetch(status_of(sealed->task), ~(uint32_t)MP_TASK_STATUS_CANCELLED, __ATOMIC_RELAXED);
  }
  for (size_t i = 0; i < node->muted_count; i++) *node->muted[i].place = node->muted[i].handler;
  node->sealed_count = node->muted_count = 0;
  node->state = MP_NODE_LIMBO;
  size_t count = node->frozen_count;
  node->frozen_count = 0;
  for (size_t i = 0; i < count; i++) {
    struct mp_frozen_job frozen = node->frozen[i];
    if (frozen.executor.identity) swift_task_enqueue(frozen.job, frozen.executor);
    else mp_push_ready(sim, frozen.job, frozen.flags);
  }
}

/// What resists to the end is cut off for good. Actors that others may use in later simulations (global ones) must not
/// stay scheduled for ever: they get their turn, and the tasks in their queues are sealed.
void mp_nodes_seal_left_overs(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  size_t left = mp_ready_count(&sim->ready);
  for (size_t i = 0; i < rest->node_count; i++) {
    mp_node *node = rest->nodes[i];
    left += node->live;
    node->state = MP_NODE_ALIVE;
  }
  if (left == 0) return;
  mp_sim *before = mp_sim_enter(sim);
  for (size_t i = 0; i < rest->node_count; i++) mp_node_kill(rest->nodes[i]);
  while (mp_ready_count(&sim->ready) > 0) mp_sim_run_job(sim, 0, true);
  mp_sim_enter(before);
}
