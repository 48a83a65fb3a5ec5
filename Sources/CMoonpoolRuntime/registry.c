//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Who is alive: each node's table of tasks.
//
// A task leaves the table when the runtime destroys it. There is no hook for that, so a stamped task's metadata pointer
// is replaced by a copy of the runtime's metadata whose destroy function is ours. async-let tasks live in their
// parent's frame, are not destroyed through metadata, and go with their parent.

#include "core.h"
#include <stdlib.h>
#include <string.h>

typedef MP_SWIFTCC void (*destroy_function)(__attribute__((swift_context)) void *);

/// FullMetadata<HeapMetadata>: destroy function and value witnesses before the address point, kind and class words
/// after.
static struct patched_metadata {
  void *layout_string, *destroy, *value_witnesses;
  uintptr_t kind, rest[12];
} patched;

static void *original_metadata;
static destroy_function original_destroy;
static pthread_mutex_t lifetimes = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t patch_once = PTHREAD_ONCE_INIT;
static void *metadata_seen;

void mp_lock_lifetimes(void) { pthread_mutex_lock(&lifetimes); }
void mp_unlock_lifetimes(void) { pthread_mutex_unlock(&lifetimes); }

static inline void set_slot(mp_job *task, size_t slot) {
  task->reserved64 = (task->reserved64 & ~0x7fffffffull) | slot;
}

static inline void leave_table(mp_node *node, mp_job *task) {
  size_t slot = MP_TASK_SLOT(task);
  mp_job *last = node->tasks[--node->live];
  node->tasks[slot - 1] = last;
  set_slot(last, slot);
  set_slot(task, 0);
}

static void node_free(mp_node *node) {
  node->magic = 0;
  free(node->tasks);
  mp_node_free_seals(node);
  free(node);
}

/// The last reference went on a thread that is not the simulation's, or after its end.
static MP_SWIFTCC __attribute__((noinline)) bool leave_from_outside(mp_node *node, mp_job *task) {
  pthread_mutex_lock(&lifetimes);
  mp_sim *sim = node->sim;
  if (sim) {
    // Not ours to touch the table: hand the dead task to the simulation's thread.
    pthread_mutex_lock(&sim->rest->foreign_lock);
    task->resume_context = sim->rest->foreign_dead;
    sim->rest->foreign_dead = task;
    pthread_mutex_unlock(&sim->rest->foreign_lock);
  } else if (--node->live == 0) {
    node_free(node);
  }
  pthread_mutex_unlock(&lifetimes);
  return sim == NULL;
}

static MP_SWIFTCC void destroy_task(__attribute__((swift_context)) void *object) {
  mp_job *task = object;
  mp_node *node = mp_job_node(task);
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim != NULL && node->sim == sim)) {
    if (MP_UNLIKELY(sim->rest->trace_level))
      mp_trace_note(sim, MP_TRACE_DEATH, MP_TASK_NUMBER(task), node->number, 0, 0);
    leave_table(node, task);
  } else if (!leave_from_outside(node, task)) {
    return;
  }
  original_destroy(object);
}

void mp_registry_destroy_foreign(mp_sim *sim) {
  pthread_mutex_lock(&sim->rest->foreign_lock);
  mp_job *task = sim->rest->foreign_dead;
  sim->rest->foreign_dead = NULL;
  pthread_mutex_unlock(&sim->rest->foreign_lock);
  while (task) {
    mp_job *next = task->resume_context;
    mp_node *node = mp_job_node(task);
    if (node->sim == sim) {
      leave_table(node, task);
    } else {
      pthread_mutex_lock(&lifetimes);
      if (--node->live == 0) node_free(node);
      pthread_mutex_unlock(&lifetimes);
    }
    original_destroy(task);
    task = next;
  }
}

void mp_sim_drain_foreign(mp_sim *sim) {
  mp_sim_take_foreign_jobs(sim);
  if (__atomic_load_n(&sim->rest->foreign_dead, __ATOMIC_RELAXED)) mp_registry_destroy_foreign(sim);
}

static void patch(void) {
  memcpy(&patched, (char *)metadata_seen - offsetof(struct patched_metadata, kind), sizeof patched);
  original_destroy = (destroy_function)patched.destroy;
  patched.destroy = (void *)destroy_task;
  __atomic_store_n(&original_metadata, metadata_seen, __ATOMIC_RELEASE);
}

static void enter_table(mp_node *node, mp_job *task) {
  if (task->flags & MP_JOB_IS_ASYNC_LET) return;
  void *known = __atomic_load_n(&original_metadata, __ATOMIC_ACQUIRE);
  if (MP_UNLIKELY(!known)) {
    pthread_mutex_lock(&lifetimes);
    if (!metadata_seen) metadata_seen = task->metadata;
    pthread_mutex_unlock(&lifetimes);
    pthread_once(&patch_once, patch);
    known = original_metadata;
  }
  if (task->metadata != known) return;
  if (MP_UNLIKELY(node->live == node->task_capacity))
    node->tasks = mp_grow(node->tasks, &node->task_capacity, node->live + 1, sizeof *node->tasks);
  task->metadata = &patched.kind;
  node->tasks[node->live++] = task;
  set_slot(task, node->live);
}

mp_node *mp_node_for_new_task(mp_sim *sim) { return sim->rest->adopting ? sim->rest->adopting : mp_node_current(sim); }

void mp_stamp(mp_sim *sim, mp_job *job, mp_node *node) {
  job->reserved = node;
  if (!mp_job_is_task(job)) return;
  job->reserved64 = (uint64_t)++sim->rest->births << 32;
  enter_table(node, job);
  if (MP_UNLIKELY(node->state == MP_NODE_DEAD)) mp_seal_task(node, job);
  if (MP_UNLIKELY(sim->rest->running_out)) swift_task_cancel(job);   // it came too late to be cancelled with the others
  if (MP_UNLIKELY(sim->rest->trace_level)) mp_trace_birth(sim, job, mp_task_current());
}

void mp_stamp_async_let(mp_sim *sim, mp_job *task) {
  mp_job *parent = MP_FIELD(task, MP_OFFSET_TASK_PARENT, mp_job *);
  if (!parent->reserved && mp_is_async_let(parent)) mp_stamp_async_let(sim, parent);
  if (parent->reserved) mp_stamp(sim, task, mp_job_node(parent));
}

/// What still lives when a simulation ends keeps its node's memory alive; the last task frees it.
void mp_registry_abandon(mp_node *node) {
  pthread_mutex_lock(&lifetimes);
  node->sim = NULL;
  mp_node_free_seals(node);   // what is sealed now stays so
  free(node->tasks);
  node->tasks = NULL;
  bool empty = node->live == 0;
  if (empty) node_free(node);
  pthread_mutex_unlock(&lifetimes);
}
