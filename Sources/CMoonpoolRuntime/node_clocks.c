//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// A node's own clocks: what its code reads and sleeps by. Whoever models clocks says how they go; nodes without a model
// read true virtual time.

#include "core.h"

enum { MP_MONOTONIC_BASE_S = 1000, MP_WALL_BASE_S = 1735689600 };   // up for 1,000 s; 2025-01-01T00:00:00Z
#define MP_NS 1000000000ull

uint64_t mp_instant_base(void) { return MP_MONOTONIC_BASE_S * MP_NS; }
uint64_t mp_wall_base(void) { return MP_WALL_BASE_S * MP_NS; }

void mp_node_set_clock(mp_node *node, const mp_clock_model *model, void *clock) {
  node->clock_model = model;
  node->clock = clock;
  if (model) node->sim->rest->has_clocks = true;
}

/// NULL for true time, which is nearly always: then nobody asks which node runs.
static inline mp_node *clocked_node(mp_sim *sim) {
  if (MP_LIKELY(!sim->rest->has_clocks)) return NULL;
  mp_node *node = mp_node_current(sim);
  return node->clock_model ? node : NULL;
}

uint64_t mp_monotonic_ns(mp_sim *sim) {
  mp_node *node = clocked_node(sim);
  return mp_instant_base() + (node ? node->clock_model->monotonic(node->clock, sim->now) : sim->now);
}

uint64_t mp_wall_ns(mp_sim *sim) {
  mp_node *node = clocked_node(sim);
  return node ? node->clock_model->wall(node->clock, sim->now) : mp_wall_base() + sim->now;
}

uint64_t mp_true_instant(mp_sim *sim, uint64_t instant) {
  uint64_t local = instant > mp_instant_base() ? instant - mp_instant_base() : 0;
  mp_node *node = clocked_node(sim);
  return node ? node->clock_model->instant(node->clock, local, sim->now) : local;
}

uint64_t mp_true_delay(mp_sim *sim, uint64_t nanoseconds) {
  mp_node *node = clocked_node(sim);
  if (!node) return nanoseconds;
  uint64_t local = node->clock_model->monotonic(node->clock, sim->now);
  uint64_t deadline = nanoseconds > UINT64_MAX - 1 - local ? UINT64_MAX - 1 : local + nanoseconds;
  return node->clock_model->instant(node->clock, deadline, sim->now) - sim->now;
}
