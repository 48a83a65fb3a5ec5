//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What a run does that cannot be controlled, and the last words of code that traps.

#include "core.h"
#include <string.h>

extern size_t swift_retainCount(void *);

/// Under the lock, because a thread outside may be noting an incident of its own.
static void mp_note(mp_sim *sim, mp_api api) {
  struct mp_sim_private *rest = sim->rest;
  pthread_mutex_lock(&rest->foreign_lock);
  bool first = !rest->incident_seen;
  rest->incident_seen = true;
  pthread_mutex_unlock(&rest->foreign_lock);
  if (!first) return;
  rest->incident.api = api;
  rest->incident.task = mp_task_current();
  rest->incident.node = mp_node_current(sim)->number;
  rest->incident.frame_count = (uint32_t)mp_backtrace(rest->incident.frames, 32);
  mp_trace_note(sim, MP_TRACE_UNCONTROLLED, rest->incident.task, rest->incident.node, (uint32_t)api, 0);
}

bool mp_uncontrolled(mp_sim *sim, mp_api api) {
  if (sim->rest->allowed[api] || sim->rest->running_out) return true;
  mp_note(sim, api);
  mp_sim_request_stop(sim, MP_STOP_UNCONTROLLED);
  return false;
}

void mp_uncontrolled_blocking(mp_sim *sim, mp_api api) {
  if (mp_uncontrolled(sim, api)) return;
  mp_lose_thread(MP_LOST_BLOCKED, 0, mp_api_name(api));
}

const mp_incident *mp_sim_incident(const mp_sim *sim) { return sim->rest->incident_seen ? &sim->rest->incident : NULL; }

void mp_sim_note_divergence(mp_sim *sim) {
  struct mp_sim_private *rest = sim->rest;
  rest->divergence_seen = true;
  rest->divergence.task = rest->last_task;
  rest->divergence.node = mp_node_current(sim)->number;
  rest->divergence.frame_count = 0;
  if (rest->running) rest->divergence.frame_count = (uint32_t)mp_backtrace(rest->divergence.frames, 32);
}

const mp_incident *mp_sim_divergence(const mp_sim *sim) {
  return sim->rest->divergence_seen ? &sim->rest->divergence : NULL;
}

void mp_exit_called(mp_sim *sim, const char *what) {
  (void)sim;
  mp_lose_thread(MP_LOST_EXIT, 0, what);
}

bool mp_keep_fatal_message(mp_sim *sim, const char *text, size_t count) {
  struct mp_sim_private *rest = sim->rest;
  size_t space = sizeof rest->fatal_message - 1 - rest->fatal_length;
  if (count > space) count = space;
  memcpy(rest->fatal_message + rest->fatal_length, text, count);
  rest->fatal_length += count;
  rest->fatal_message[rest->fatal_length] = 0;
  return true;
}

size_t mp_closure_reference_count(void *context) { return swift_retainCount(context); }

void mp_closure_release_down_to(void *context, size_t baseline) {
  while (swift_retainCount(context) > baseline) swift_release(context);
}
