//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Simulation threads, and what happens when code on one of them never comes back.
//
// A host is a thread that runs simulations. When the code of a simulation traps, kills its own node, blocks, or spins,
// its OS thread is parked for ever (nothing of it may run again, so nothing may be unwound), and the host goes on with
// a fresh OS thread. A supervisor thread starts the replacement and watches for jobs that never return.

#pragma once
#include "MoonpoolSimulation.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Why a thread was given up.
enum {
  MP_LOST_NONE = 0,
  MP_LOST_TRAP = 1,        ///< a signal: fatalError, index out of range, stack overflow, abort …
  MP_LOST_SELF_KILL = 2,   ///< code of a node killed that node
  MP_LOST_BLOCKED = 3,     ///< a call that would have blocked the simulation
  MP_LOST_HUNG = 4,        ///< the watchdog: one job ran for too long
  MP_LOST_EXIT = 5,        ///< exit(), _exit()
};

typedef struct mp_loss {
  int32_t why;      ///< MP_LOST_*
  int32_t signal;   ///< for a trap
  uint32_t task;    ///< birth number of the task that ran, 0 if unknown
  uint32_t frame_count;
  mp_node *node;
  uintptr_t frames[48];
  char message[512];   ///< what the Swift runtime printed, or the name of the exit function
} mp_loss;

typedef struct mp_host mp_host;

/// `loss` is NULL on the first call; after a loss, the work goes on in a fresh thread with the reason.
typedef void (*mp_host_work)(void *context, const mp_loss *loss);

/// Runs `work` on a simulation thread; returns at once. `finished` is called on that thread when it is done.
void mp_host_start(mp_host_work work, void *context, void (*finished)(void *context));
/// Tells the watchdog which simulation this host's thread is running, and how long one job may take in real time
/// (0: for ever).
void mp_host_watch(mp_sim *sim, uint64_t nanoseconds);

/// fork() in a process that has run simulations and now runs none: the child can run some, and finds everything warm.
/// All other threads of the process are the runtime's own. < 0: see errno; EBUSY: there is a simulation.
int mp_fork_between_runs(void);

#ifdef __cplusplus
}
#endif
