//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Threads outside: what they do to a simulation's tasks, and what becomes of it.

#include "core.h"
#include <errno.h>
#include <stdio.h>
#include <time.h>

/// Tagged with 1 when it wants the main executor.
static void keep_foreign_job(mp_sim *sim, mp_job *job, uint16_t flags) {
  struct mp_sim_private *rest = sim->rest;
  rest->foreign_jobs =
      mp_grow(rest->foreign_jobs, &rest->foreign_capacity, rest->foreign_count + 1, sizeof *rest->foreign_jobs);
  rest->foreign_jobs[rest->foreign_count++] = (uintptr_t)job | (flags & MP_READY_MAIN);
  pthread_cond_signal(&rest->foreign_arrived);
}

static uint32_t task_number(const mp_job *job) { return mp_job_is_task(job) ? MP_TASK_NUMBER(job) : 0; }

/// With the lock held, which guards the incident against the simulation's own thread.
static void note_foreign_incident(mp_sim *sim, mp_api api, uint32_t task, mp_node *node) {
  struct mp_sim_private *rest = sim->rest;
  if (!rest->incident_seen) {
    rest->incident_seen = true;
    rest->incident.api = api;
    rest->incident.task = task;
    rest->incident.node = node->number;
    rest->incident.frame_count = (uint32_t)mp_backtrace(rest->incident.frames, 32);
  }
  mp_sim_request_stop(sim, MP_STOP_FOREIGN_RESUME);
  pthread_cond_signal(&rest->foreign_arrived);
}

static void complain_of_late_resume(const mp_node *node) {
  dprintf(2,
          "Moonpool: a task of node '%s', whose simulation has ended, was resumed by a thread outside; "
          "it stays suspended. Wait for outside work before the simulated body returns.\n",
          node->name);
}

void mp_touched_from_outside(mp_node *node) {
  mp_lock_lifetimes();
  mp_sim *sim = node->sim;
  if (!sim) {
    complain_of_late_resume(node);
  } else if (!sim->rest->allowed[MP_API_foreign_resume]) {
    pthread_mutex_lock(&sim->rest->foreign_lock);
    note_foreign_incident(sim, MP_API_foreign_resume, 0, node);
    pthread_mutex_unlock(&sim->rest->foreign_lock);
  }
  mp_unlock_lifetimes();
}

/// An actor that simulations on two threads use at a time (a global actor, one in a static) gives a job to whichever
/// thread works its queue off. Neither run means anything then, and both must say so.
void mp_refuse_stranger(mp_sim *sim, mp_job *task) {
  (void)mp_uncontrolled(sim, MP_API_shared_actor);
  mp_lock_lifetimes();
  mp_sim *owner = mp_job_node(task)->sim;
  if (owner && owner != sim) {
    pthread_mutex_lock(&owner->rest->foreign_lock);
    note_foreign_incident(owner, MP_API_shared_actor, task_number(task), mp_job_node(task));
    pthread_mutex_unlock(&owner->rest->foreign_lock);
  }
  mp_unlock_lifetimes();
}

bool mp_escaped(mp_job *job, uint16_t flags) {
  mp_node *node = mp_job_node(job);
  if (MP_LIKELY(node == NULL)) {
    if (MP_LIKELY(mp_job_kind(job) != MP_JOB_KIND_ACTOR_DRAIN)) return false;
    mp_job *queued = mp_drain_newest(job);
    if (!queued || !queued->reserved) return false;
    job->reserved = queued->reserved;
    node = mp_job_node(job);
  }
  if (node->magic != MP_NODE_MAGIC) return false;
  mp_lock_lifetimes();
  mp_sim *sim = node->sim;
  if (sim) {
    pthread_mutex_lock(&sim->rest->foreign_lock);
    if (sim->rest->allowed[MP_API_foreign_resume]) keep_foreign_job(sim, job, flags);
    else note_foreign_incident(sim, MP_API_foreign_resume, task_number(job), node);
    pthread_mutex_unlock(&sim->rest->foreign_lock);
  } else {
    complain_of_late_resume(node);
  }
  mp_unlock_lifetimes();
  return true;
}

bool mp_enqueue_escaped(void *job) { return mp_escaped(job, 0); }
bool mp_enqueue_escaped_main(void *job) { return mp_escaped(job, MP_READY_MAIN); }

/// With the lock held.
static size_t take_foreign_jobs(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  size_t count = rest->foreign_count;
  for (size_t i = 0; i < count; i++) {
    uintptr_t job = rest->foreign_jobs[i];
    mp_push_ready(sim, (mp_job *)(job & ~(uintptr_t)MP_READY_MAIN), (uint16_t)(job & MP_READY_MAIN));
  }
  rest->foreign_count = 0;
  return count;
}

void mp_sim_take_foreign_jobs(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  if (__atomic_load_n(&rest->foreign_count, __ATOMIC_RELAXED) == 0) return;
  pthread_mutex_lock(&rest->foreign_lock);
  take_foreign_jobs(sim);
  pthread_mutex_unlock(&rest->foreign_lock);
}

bool mp_sim_wait_for_foreign_resume(mp_sim *sim, uint32_t milliseconds) {
  struct mp_sim_private *rest = sim->rest;
  mp_sim *inside = mp_step_outside();
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += milliseconds / 1000;
  until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_nsec -= 1000000000;
    until.tv_sec++;
  }
  pthread_mutex_lock(&rest->foreign_lock);
  int result = 0;
  while (rest->foreign_count == 0 && result != ETIMEDOUT)
    result = pthread_cond_timedwait(&rest->foreign_arrived, &rest->foreign_lock, &until);
  mp_step_back(inside);
  size_t count = take_foreign_jobs(sim);
  pthread_mutex_unlock(&rest->foreign_lock);
  return count > 0;
}
