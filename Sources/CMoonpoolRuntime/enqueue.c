//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Jobs on their way into the simulation: from the runtime's hook, from the router executors, from the clock.

#include "core.h"

mp_executor_ref mp_main_executor;

/// A job without a stamp on a simulation thread was born outside: simulated code resumes somebody else's task.
/// Only where births are seen does a missing stamp prove that.
static inline bool born_outside(const mp_job *job) {
  if (MP_LIKELY(job->reserved != NULL) || !mp_births_interposed || mp_birth_depth > 0) return false;
  if (mp_job_is_task(job)) return !mp_is_async_let(job);
  if (mp_job_kind(job) != MP_JOB_KIND_ACTOR_DRAIN) return false;
  mp_job *queued = mp_drain_newest(job);
  return queued && !queued->reserved && mp_job_is_task(queued) && !mp_is_async_let(queued);
}

/// The node of a job that is seen for the first time.
static mp_node *node_for(mp_sim *sim, mp_job *job) {
  if (mp_is_async_let(job)) {
    mp_job *parent = MP_FIELD(job, MP_OFFSET_TASK_PARENT, mp_job *);
    if (parent->reserved) return mp_job_node(parent);
  }
  if (mp_job_kind(job) == MP_JOB_KIND_ACTOR_DRAIN) {
    mp_job *queued = mp_drain_newest(job);
    // A task that is made on an actor is queued there before its maker returns to births.c: it needs its number now.
    if (queued && !queued->reserved && mp_job_is_task(queued)) mp_stamp(sim, queued, mp_node_for_new_task(sim));
    if (queued && queued->reserved) return mp_job_node(queued);
  }
  return mp_node_for_new_task(sim);
}

void mp_push_ready(mp_sim *sim, mp_job *job, uint16_t flags) {
  mp_ready_entry *entry = mp_ready_append(&sim->ready);
  entry->job = job;
  entry->key = 0;
  entry->node = (uint16_t)mp_job_node(job)->number;
  if (MP_LIKELY(mp_job_is_task(job))) {
    entry->task = MP_TASK_NUMBER(job);
    entry->resource = 0;
  } else if (mp_job_kind(job) == MP_JOB_KIND_ACTOR_DRAIN) {
    mp_job *queued = mp_drain_newest(job);
    entry->task = queued && mp_job_is_task(queued) ? MP_TASK_NUMBER(queued) : 0;
    entry->resource = (uintptr_t)mp_drain_actor(job);
    flags |= MP_READY_DRAIN;
  } else {
    // The first half of `Task.yield`: a continuation that will resume the task that makes it. It is a step of that
    // task; without its number a strategy that ranks tasks would rank every yield anew.
    entry->task = mp_task_current();
    entry->resource = 0;
  }
  entry->flags = flags;
}

static inline void accept(mp_sim *sim, mp_job *job, uint16_t flags) {
  if (MP_UNLIKELY(job->reserved == NULL)) mp_stamp(sim, job, node_for(sim, job));
  // A task of another simulation, of one that runs beside this one or that has ended: to it we are a thread outside.
  if (MP_UNLIKELY(mp_job_node(job)->sim != sim)) {
    (void)mp_node_current(sim);   // refuses a stranger, if it is one who makes this job
    if (mp_escaped(job, flags)) return;
  }
  mp_push_ready(sim, job, flags);
}

bool mp_enqueue_global(void *raw) {
  if (MP_UNLIKELY(born_outside(raw))) return false;
  accept(mp_tls_sim, raw, 0);
  return true;
}

bool mp_enqueue_main(void *raw) {
  if (MP_UNLIKELY(born_outside(raw))) return false;
  accept(mp_tls_sim, raw, MP_READY_MAIN);
  return true;
}

static void enqueue_at_delay(mp_sim *sim, mp_job *job, uint64_t nanoseconds, uint64_t tolerance) {
  if (!job->reserved) mp_stamp(sim, job, node_for(sim, job));
  if (mp_job_is_task(job)) job->reserved64 |= 0x80000000ull;
  uint64_t when = nanoseconds > UINT64_MAX - sim->now ? UINT64_MAX - 1 : sim->now + nanoseconds;
  if (tolerance > 0 && tolerance < UINT64_MAX - 1 - when && !sim->rest->running_out)
    when += mp_draw(sim->timing, tolerance + 1);   // any instant within the tolerance is a legal wake-up
  mp_timer_push(sim, when, (uintptr_t)job);
}

void mp_enqueue_after(void *job, uint64_t nanoseconds, uint64_t tolerance) {
  mp_sim *sim = mp_tls_sim;
  enqueue_at_delay(sim, job, mp_true_delay(sim, nanoseconds), tolerance);
}

void mp_enqueue_at(void *job, uint64_t instant, uint64_t tolerance) {
  mp_sim *sim = mp_tls_sim;
  uint64_t when = mp_true_instant(sim, instant);
  enqueue_at_delay(sim, job, when > sim->now ? when - sim->now : 0, tolerance);
}

uint64_t mp_attoseconds_to_ns(uint64_t low, uint64_t high) {
  if ((int64_t)high < 0) return 0;
  if (high >= 1000000000ull) return UINT64_MAX;   // the quotient would not fit
#if defined(__x86_64__)
  uint64_t quotient, rest;
  __asm__("divq %4" : "=a"(quotient), "=d"(rest) : "a"(low), "d"(high), "r"(1000000000ull) : "cc");
  return quotient;
#else
  return (uint64_t)((((unsigned __int128)high << 64) | low) / 1000000000ull);
#endif
}

// For RouterExecutor.swift: Swift functions that return where their first argument lies. Two names, because Swift
// declares each with one type.
MP_SWIFTCC const void *mp_address_of_argument(const void *argument);
MP_SWIFTCC const void *mp_address_of_argument(const void *argument) { return argument; }
MP_SWIFTCC const void *mp_address_of_argument_too(const void *argument);
MP_SWIFTCC const void *mp_address_of_argument_too(const void *argument) { return argument; }

// MARK: installation

static MP_SWIFTCC void enqueue_hook(mp_job *job, MP_SWIFTCC void (*platform)(mp_job *)) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim != NULL)) {
    if (MP_UNLIKELY(born_outside(job))) {
      mp_tls_sim = NULL;
      platform(job);
      mp_tls_sim = sim;
    } else {
      accept(sim, job, 0);
    }
    return;
  }
  // Of all the jobs of the process, ours bear a stamp; only an actor's turn has to be looked into.
  bool perhaps_ours = job->reserved != NULL || mp_job_kind(job) == MP_JOB_KIND_ACTOR_DRAIN;
  if (MP_UNLIKELY(perhaps_ours) && mp_enqueue_escaped(job)) return;
  platform(job);
}

void mp_install(void *main_identity, void *main_witness, void *task_identity, void *task_witness) {
  mp_main_executor.identity = main_identity;
  mp_main_executor.implementation = (uintptr_t)main_witness;
  mp_births_set_executor(task_identity, task_witness);
  swift_task_enqueueGlobal_hook = (void *)enqueue_hook;
}
