//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The trace: fixed-size records while a run goes on, words only afterwards. Off, it costs one comparison per job.

#include "core.h"
#include <stdlib.h>
#include <string.h>

enum { TRACE_OFF, TRACE_DIGEST, TRACE_FULL };

void mp_trace_enable(mp_sim *sim, int level) {
  struct mp_sim_private *rest = sim->rest;
  for (size_t i = 0; i < rest->name_capacity; i++) {
    free(rest->names[i]);
    rest->names[i] = NULL;
  }
  rest->trace_count = 0;
  rest->digest = MP_FINGERPRINT_START;
  rest->trace_level = level;
}

uint64_t mp_trace_digest(const mp_sim *sim) { return sim->rest->digest; }
size_t mp_trace_count(const mp_sim *sim) { return sim->rest->trace_count; }
const mp_trace_record *mp_trace_records(const mp_sim *sim) { return sim->rest->trace; }

const char *mp_trace_task_name(const mp_sim *sim, uint32_t task) {
  return task < sim->rest->name_capacity ? sim->rest->names[task] : NULL;
}

/// Order-sensitive mixing of a record's words; not cryptographic, only to compare runs.
static uint64_t mix(uint64_t digest, const mp_trace_record *record) {
  uint64_t words[sizeof *record / sizeof(uint64_t)];
  memcpy(words, record, sizeof words);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    digest = (digest ^ words[i]) * 0x9fb21c651e98df25ull;
    digest ^= digest >> 32;
  }
  return digest;
}

static void keep(mp_sim *sim, const mp_trace_record *record) {
  struct mp_sim_private *rest = sim->rest;
  rest->digest = mix(rest->digest, record);
  if (rest->trace_level < TRACE_FULL) return;
  rest->trace = mp_grow(rest->trace, &rest->trace_capacity, rest->trace_count + 1, sizeof *rest->trace);
  rest->trace[rest->trace_count++] = *record;
}

void mp_trace_note(mp_sim *sim, uint32_t kind, uint32_t task, uint32_t node, uint32_t a, uint32_t b) {
  if (sim->rest->trace_level == TRACE_OFF) return;
  mp_trace_record record = {sim->now, sim->decisions->count, task, node, a, b, kind, 0};
  keep(sim, &record);
}

void mp_trace_event(mp_sim *sim, uint32_t event_kind, uint32_t node, uint32_t subject, uint32_t value) {
  if (sim->rest->trace_level == TRACE_OFF) return;
  mp_trace_record record = {sim->now, sim->decisions->count, 0, node, subject, value, MP_TRACE_EVENT, event_kind};
  keep(sim, &record);
}

bool mp_trace_is_on(const mp_sim *sim) { return sim->rest->trace_level != TRACE_OFF; }

void mp_trace_job(mp_sim *sim, const mp_ready_entry *entry, uint32_t choices) {
  mp_trace_note(sim, MP_TRACE_JOB, entry->task, entry->node, choices, entry->flags);
}

void mp_trace_birth(mp_sim *sim, mp_job *task, uint32_t parent) {
  struct mp_sim_private *rest = sim->rest;
  uint32_t number = MP_TASK_NUMBER(task);
  const char *name = mp_task_name(task);
  if (name && rest->trace_level == TRACE_FULL) {
    size_t before = rest->name_capacity;
    rest->names = mp_grow(rest->names, &rest->name_capacity, (size_t)number + 1, sizeof *rest->names);
    for (size_t i = before; i < rest->name_capacity; i++) rest->names[i] = NULL;
    free(rest->names[number]);
    rest->names[number] = strdup(name);
  }
  mp_trace_note(sim, MP_TRACE_BIRTH, number, mp_job_node(task)->number, parent, 0);
}
