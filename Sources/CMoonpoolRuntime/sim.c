//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Life of a simulation, and the steps that its run loop is made of.

#include "core.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Thread_local mp_sim *mp_tls_sim __attribute__((tls_model("initial-exec")));

void *mp_grow(void *array, size_t *capacity, size_t count, size_t element_size) {
  size_t wanted = *capacity ? *capacity : 16;
  while (wanted < count) wanted *= 2;
  if (wanted == *capacity) return array;
  void *grown = realloc(array, wanted * element_size);
  if (!grown) {
    fputs("Moonpool: out of memory\n", stderr);
    abort();
  }
  *capacity = wanted;
  return grown;
}

mp_sim *mp_sim_create(void) {
  mp_sim *sim = calloc(1, sizeof *sim);
  struct mp_sim_private *rest = calloc(1, sizeof *rest);
  if (!sim || !rest) abort();
  sim->rest = rest;
  pthread_mutex_init(&rest->foreign_lock, NULL);
  pthread_cond_init(&rest->foreign_arrived, NULL);
  return sim;
}

void mp_sim_destroy(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  mp_trace_enable(sim, 0);
  free(rest->names);
  free(rest->trace);
  free(rest->timers.heap);
  free(rest->nodes);
  mp_waiters_destroy(sim);
  free(rest->foreign_jobs);
  pthread_mutex_destroy(&rest->foreign_lock);
  pthread_cond_destroy(&rest->foreign_arrived);
  mp_ready_free(&sim->ready);
  free(rest);
  free(sim);
}

void mp_sim_begin(mp_sim *sim, mp_decisions *decisions) {
  struct mp_sim_private *rest = sim->rest;
  mp_ready_reset(&sim->ready);
  sim->now = sim->jobs_at_event = 0;
  __atomic_store_n(&sim->jobs, 0, __ATOMIC_RELAXED);   // the watchdog may be reading it
  sim->next_timer = UINT64_MAX;
  sim->cost_base = sim->cost_span = 0;
  sim->hops = 0;
  sim->limit = 0;
  sim->decisions = decisions;
  sim->owner = NULL;
  mp_sim_set_world(sim, NULL, NULL, NULL);
  sim->scheduling = mp_decisions_stream_named(decisions, "scheduling");
  sim->cost = mp_decisions_stream_named(decisions, "cost");
  sim->hopping = mp_decisions_stream_named(decisions, "hops");
  sim->timing = mp_decisions_stream_named(decisions, "timers");
  mp_sim_clear_stop(sim);
  rest->timers.count = 0;
  rest->timer_sequence = rest->frozen_jobs = 0;
  rest->idle_jobs = MP_NEVER;
  rest->births = 0;
  rest->fingerprint = MP_FINGERPRINT_START;
  rest->running = rest->adopting = NULL;
  mp_waiters_reset(sim);
  rest->running_out = rest->incident_seen = rest->divergence_seen = false;
  rest->last_task = 0;
  rest->has_clocks = false;
  rest->real_reads = rest->late_jobs = rest->untold_errors = 0;
  rest->fatal_length = 0;
  memset(rest->allowed, 0, sizeof rest->allowed);
  mp_trace_enable(sim, 0);
  mp_nodes_begin(sim);
}

size_t mp_sim_end(mp_sim *sim) {
  mp_nodes_seal_left_overs(sim);
  size_t left = mp_nodes_end(sim);
  // Only now can no thread outside add to it.
  pthread_mutex_lock(&sim->rest->foreign_lock);
  sim->rest->foreign_count = 0;
  pthread_mutex_unlock(&sim->rest->foreign_lock);
  mp_registry_destroy_foreign(sim);
  if (left > 0) mp_waiters_abandon(sim);
  return left;
}

mp_sim *mp_sim_enter(mp_sim *sim) {
  mp_sim *before = mp_tls_sim;
  mp_tls_sim = sim;
  return before;
}

void mp_sim_prepare_thread(void) {
  mp_entropy_begin_simulation();
  mp_errors_stay_inside();
}

mp_sim *mp_sim_current(void) { return mp_tls_sim; }

void mp_sim_allow(mp_sim *sim, mp_api api, bool allowed) { sim->rest->allowed[api] = allowed; }

void mp_sim_request_stop(mp_sim *sim, int32_t reason) {
  int32_t none = MP_STOP_NONE;
  __atomic_compare_exchange_n(&sim->stop, &none, reason, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

void mp_sim_clear_stop(mp_sim *sim) { __atomic_store_n(&sim->stop, MP_STOP_NONE, __ATOMIC_RELAXED); }

// MARK: stepping

void mp_sim_run_job(mp_sim *sim, uint32_t index, bool switching) {
  struct mp_sim_private *rest = sim->rest;
  uint32_t choices = mp_ready_count(&sim->ready);
  mp_ready_entry entry = mp_ready_take(&sim->ready, index);
  mp_job *job = entry.job;
  mp_node *node = mp_job_node(job);
  bool dead = node->state == MP_NODE_DEAD;
  if (MP_UNLIKELY(dead) && mp_job_kind(job) != MP_JOB_KIND_ACTOR_DRAIN) {
    rest->frozen_jobs++;
    mp_node_freeze_job(node, job, (mp_executor_ref){0, 0}, entry.flags);
    return;
  }
  if (MP_UNLIKELY(node->paused) && !dead && !rest->running_out) {
    rest->frozen_jobs++;
    mp_node_freeze_job(node, job, (mp_executor_ref){0, 0}, entry.flags);
    return;
  }
  // A dead node's turn on an actor is taken all the same: the actor may have others waiting, and would never be
  // scheduled again. The node's own tasks in its queue are sealed.
  rest->running = node;
  sim->skips = 0;
  if (MP_LIKELY(!dead)) node->jobs++;
  if (MP_UNLIKELY(entry.flags & MP_READY_LATE)) {
    entry.flags &= (uint16_t)~MP_READY_LATE;
    if (!dead) rest->late_jobs++;
  }
  __atomic_store_n(&sim->jobs, sim->jobs + 1, __ATOMIC_RELAXED);
  rest->fingerprint = mp_fingerprint(rest->fingerprint, sim->now, &entry);
  if (MP_UNLIKELY(rest->trace_level)) mp_trace_job(sim, &entry, choices);
  sim->decisions->context = entry.task;
  rest->last_task = entry.task;
  mp_executor_ref generic = {0, 0};
  if (MP_UNLIKELY(entry.flags & MP_READY_MAIN)) swift_job_run(job, mp_main_executor);
  else if (MP_LIKELY(switching)) swift_job_run(job, generic);
  else swift_job_run_on_serial_and_task_executor(job, generic, generic);
  rest->running = NULL;
  sim->decisions->context = 0;
  uint64_t cost = sim->cost_base;
  if (MP_LIKELY(sim->cost_span > 1) && !rest->running_out) cost += mp_draw(sim->cost, sim->cost_span);
  sim->now += cost;
}

bool mp_sim_skip_to(mp_sim *sim, uint64_t when) {
  enum { SKIPS_PER_JOB = 1000 };   // then the run loop gets its turn: it sees livelocks, and feeds the watchdog
  struct mp_sim_private *rest = sim->rest;
  if (mp_ready_count(&sim->ready) > 0 || sim->next_timer <= when || when > sim->limit) return false;
  if (sim->skips >= SKIPS_PER_JOB || rest->running_out || mp_sim_stop(sim) != MP_STOP_NONE) return false;
  if (rest->allowed[MP_API_foreign_resume] || swift_task_getCurrentExecutor().identity) return false;
  if (sim->on_quiet) {
    sim->on_quiet(sim->world);
    if (mp_ready_count(&sim->ready) > 0 || sim->next_timer <= when || mp_sim_stop(sim) != MP_STOP_NONE) return false;
  }
  sim->skips++;
  if (when > sim->now) sim->now = when;
  return true;
}

bool mp_sim_is_running_out(void) { return mp_tls_sim && mp_tls_sim->rest->running_out; }

// MARK: what the interposers ask

void mp_fill_entropy(mp_sim *sim, void *bytes, size_t count) {
  mp_node *node = mp_node_current(sim);
  if (!node->entropy) node->entropy = mp_decisions_stream_numbered(sim->decisions, "entropy", node->number);
  uint8_t *at = bytes;
  while (count > 0) {
    uint64_t word = sim->rest->running_out ? 0x9e3779b97f4a7c15ull * (sim->jobs + count) : mp_draw(node->entropy, 0);
    size_t part = count < sizeof word ? count : sizeof word;
    memcpy(at, &word, part);
    at += part;
    count -= part;
  }
}

void mp_spend_time(mp_sim *sim, uint64_t nanoseconds) { sim->now += nanoseconds; }

void mp_note_real_read(mp_sim *sim, mp_api api) {
  (void)api;
  sim->rest->real_reads++;
}

uint64_t mp_sim_fingerprint(const mp_sim *sim) { return sim->rest->fingerprint; }

uint64_t mp_sim_late_jobs(const mp_sim *sim) { return sim->rest->late_jobs; }

uint64_t mp_sim_real_reads(const mp_sim *sim) { return sim->rest->real_reads; }

uint32_t mp_task_current(void) {
  mp_job *task = swift_task_getCurrent();
  return task && task->reserved ? MP_TASK_NUMBER(task) : 0;
}
