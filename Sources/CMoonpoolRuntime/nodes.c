//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Nodes: what tasks belong to, and how they are stopped and run out.

#include "core.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mp_node *mp_node_create(mp_sim *sim, const char *name, uint32_t incarnation) {
  struct mp_sim_private *rest = sim->rest;
  mp_node *node = calloc(1, sizeof *node);
  if (!node) abort();
  node->magic = MP_NODE_MAGIC;
  node->sim = sim;
  node->number = (uint32_t)rest->node_count;
  node->incarnation = incarnation;
  snprintf(node->name, sizeof node->name, "%s", name);
  rest->nodes = mp_grow(rest->nodes, &rest->node_capacity, rest->node_count + 1, sizeof *rest->nodes);
  rest->nodes[rest->node_count++] = node;
  if (rest->trace_level) mp_trace_note(sim, MP_TRACE_NODE_BOOT, 0, node->number, incarnation, 0);
  return node;
}

/// The root's struct is used again by the next simulation unless something of it still lives.
void mp_nodes_begin(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  if (rest->node_count == 0) {
    mp_node_create(sim, "root", 0);
    return;
  }
  mp_node *root = rest->nodes[0];
  root->state = MP_NODE_ALIVE;
  root->jobs = 0;
  root->entropy = NULL;
  root->clock_model = NULL;
  root->paused = false;
}

size_t mp_nodes_end(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  size_t left = 0;
  for (size_t i = rest->node_count; i-- > 0;) {
    mp_node *node = rest->nodes[i];
    left += node->live;
    if (i == 0 && node->live == 0) break;
    mp_registry_abandon(node);
    rest->node_count = i;
  }
  return left;
}

mp_node *mp_node_at(mp_sim *sim, size_t index) { return sim->rest->nodes[index]; }
size_t mp_node_count(mp_sim *sim) { return sim->rest->node_count; }
const char *mp_node_name(const mp_node *node) { return node->name; }
uint32_t mp_node_number(const mp_node *node) { return node->number; }
uint32_t mp_node_incarnation(const mp_node *node) { return node->incarnation; }
int mp_node_state(const mp_node *node) { return node->state; }
size_t mp_node_live_tasks(const mp_node *node) { return node->live; }
uint64_t mp_node_jobs(const mp_node *node) { return node->jobs; }

mp_node *mp_node_current(mp_sim *sim) {
  mp_job *task = swift_task_getCurrent();
  if (MP_LIKELY(task && task->reserved)) {
    mp_node *node = mp_job_node(task);
    if (MP_LIKELY(node->sim == sim)) return node;
    mp_refuse_stranger(sim, task);
    return sim->rest->nodes[0];
  }
  // An async-let child that began on an actor was queued there unseen. Its parent is its maker.
  if (task && mp_is_async_let(task)) {
    mp_stamp_async_let(sim, task);
    if (task->reserved) return mp_job_node(task);
  }
  return sim->rest->running ? sim->rest->running : sim->rest->nodes[0];
}

void mp_node_adopt_births(mp_sim *sim, mp_node *node) { sim->rest->adopting = node; }

/// Cancellation runs handlers, which may end tasks: hold them all while going through.
size_t mp_node_cancel(mp_node *node) {
  size_t count = node->live;
  if (count == 0) return 0;
  if (node->sim && node->sim->rest->trace_level)
    mp_trace_note(node->sim, MP_TRACE_NODE_STOP, 0, node->number, (uint32_t)count, 0);
  mp_job **tasks = malloc(count * sizeof *tasks);
  if (!tasks) abort();
  memcpy(tasks, node->tasks, count * sizeof *tasks);
  for (size_t i = 0; i < count; i++) swift_retain(tasks[i]);
  for (size_t i = count; i-- > 0;) swift_task_cancel(tasks[i]);
  for (size_t i = 0; i < count; i++) swift_release(tasks[i]);
  free(tasks);
  return count;
}

// MARK: after the verdict

size_t mp_sim_run_out(mp_sim *sim, uint64_t jobs) {
  struct mp_sim_private *rest = sim->rest;
  enum { ROUNDS = 50 };   // cancelling may make tasks that need cancelling in turn
  rest->running_out = true;
  rest->trace_level = 0;
  uint64_t limit = sim->jobs + jobs;
  size_t left = 0;
  for (int round = 0; round < ROUNDS; round++) {
    left = 0;
    for (size_t i = 0; i < rest->node_count; i++) {
      mp_node_thaw(sim, rest->nodes[i]);
      mp_node_cancel(rest->nodes[i]);
    }
    if (rest->timers.count > 0) {
      sim->now = UINT64_MAX / 2;
      while (rest->timers.count > 0) mp_sim_advance(sim);
    }
    while (mp_ready_count(&sim->ready) > 0 && sim->jobs < limit)
      mp_sim_run_job(sim, 0, true);   // in turn: one that polls must not starve what it waits for
    mp_sim_drain_foreign(sim);
    for (size_t i = 0; i < rest->node_count; i++) left += rest->nodes[i]->live;
    bool idle = mp_ready_count(&sim->ready) == 0 && rest->timers.count == 0;
    if (left == 0 || sim->jobs >= limit || (idle && round > 1)) break;
  }
  return left;
}
