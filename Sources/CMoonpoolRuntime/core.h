//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What the core's files share: the simulation's private half and the node.

#pragma once
#include "include/MoonpoolInspection.h"
#include "include/MoonpoolSimulation.h"
#include "include/MoonpoolThreads.h"
#include "internal.h"
#include "swift_runtime.h"
#include <pthread.h>

struct mp_frozen_job {
  mp_job *job;
  mp_executor_ref executor;
  uint16_t flags;
};
struct mp_sealed_task {
  mp_job *task;
  void *resume;
  bool was_cancelled;
};
struct mp_muted_handler {
  void **place, *handler;
};

struct mp_node {
  uint64_t magic;   ///< MP_NODE_MAGIC while the struct is valid
  mp_sim *sim;      ///< NULL once the simulation has ended
  uint32_t number, incarnation;
  int32_t state;
  mp_job **tasks;   ///< live tasks; each knows its own place
  size_t live, task_capacity;
  uint64_t jobs;
  struct mp_frozen_job *frozen;   ///< jobs that would have run after death
  size_t frozen_count, frozen_capacity;
  struct mp_sealed_task *sealed_tasks;   ///< what the stub replaced
  size_t sealed_count, sealed_capacity;
  struct mp_muted_handler *muted;   ///< cancellation handlers that must not run
  size_t muted_count, muted_capacity;
  mp_stream *entropy;   ///< made at first use
  const mp_clock_model *clock_model;   ///< NULL: true time
  void *clock;
  bool paused;   ///< its jobs wait among the frozen ones
  char name[64];
};
#define MP_NODE_MAGIC 0x4e4f44454d505331ull

#define MP_NEVER UINT64_MAX

struct mp_waiter {
  struct mp_status_record record;   ///< of its cancellation handler
  mp_job *task;
  mp_sim *sim;
  mp_job *continuation;   ///< NULL before arming, and after firing or cancellation
  uint64_t order;         ///< the sequence number of its deadline
  uint64_t deadline;      ///< when it stops waiting; MP_NEVER without one
  uint64_t timer;         ///< sequence number of its pending timer: a stale one has another; MP_NEVER without one
  uint64_t timer_when;    ///< when that fires: maybe for an earlier wait, and before the deadline
  mp_node *node;          ///< the waiting task's: valid for as long as the task, also when its run has ended
  mp_waiter *next_free;
  bool cancelled, timed_out;
  bool by_node_clock;   ///< its deadline is one of its node's clock
};

struct mp_sim_private {
  mp_timers timers;
  uint64_t timer_sequence;
  uint64_t frozen_jobs;   ///< taken from the runnable ones, and not run
  uint64_t idle_jobs;     ///< as many have been runnable as long as nothing has happened since `idle_since`
  uint64_t idle_since;
  uint32_t births;     ///< tasks made so far
  mp_node *running;    ///< node of the job that is being run
  uint64_t fingerprint;   ///< of the jobs that have been run
  mp_node *adopting;   ///< new tasks belong to it, if set
  mp_node **nodes;
  size_t node_count, node_capacity;
  mp_waiter **waiter_blocks;
  size_t waiter_block_count, waiter_block_capacity;
  size_t waiter_count;   ///< taken from the blocks so far in this run
  size_t waiters_in_use;
  mp_waiter *waiter_free;
  bool running_out;
  bool has_clocks;   ///< some node's clock is not the true one
  bool allowed[MP_API_COUNT];
  bool incident_seen, divergence_seen;
  uint32_t last_task;   ///< whose job ran last
  mp_incident incident, divergence;
  uint64_t real_reads;
  uint64_t late_jobs;   ///< run after their node had been paused when their turn came
  uint64_t untold_errors;   ///< thrown without a word to whoever listens to errors
  char fatal_message[512];
  size_t fatal_length;
  int trace_level;
  uint64_t digest;
  mp_trace_record *trace;
  size_t trace_count, trace_capacity;
  char **names;   ///< by birth number, while tracing
  size_t name_capacity;
  pthread_mutex_t foreign_lock;
  pthread_cond_t foreign_arrived;
  uintptr_t *foreign_jobs;   ///< resumes from outside, when these are allowed; tagged: 1 = main executor
  size_t foreign_count, foreign_capacity;
  mp_job *foreign_dead;   ///< tasks whose last reference went on another thread; linked through `resume_context`
};

/// swift_task_create has been seen to come through us.
extern bool mp_births_interposed;
/// Depth of swift_task_create on this thread: a task enqueued inside it is ours although it isn't stamped yet.
extern _Thread_local int mp_birth_depth __attribute__((tls_model("initial-exec")));

static inline mp_node *mp_job_node(const mp_job *job) { return (mp_node *)job->reserved; }

// enqueue.c
extern mp_executor_ref mp_main_executor;
void mp_push_ready(mp_sim *sim, mp_job *job, uint16_t flags);
// foreign.c
/// True when the job belongs to a simulation that isn't the calling thread's: it has been dealt with.
bool mp_escaped(mp_job *job, uint16_t flags);
/// A thread outside did something to a task of `node` that only simulated code may do.
void mp_touched_from_outside(mp_node *node);
/// A task of another simulation runs on this thread: both simulations have failed.
void mp_refuse_stranger(mp_sim *sim, mp_job *task);
// registry.c
/// Gives a job that is seen for the first time its node, and a task its number and its place among the living.
void mp_stamp(mp_sim *sim, mp_job *job, mp_node *node);
mp_node *mp_node_for_new_task(mp_sim *sim);
/// Gives an async-let child that has not been seen before its parent's node. Leaves it alone if the parent has none.
void mp_stamp_async_let(mp_sim *sim, mp_job *task);
/// Cuts the tasks of `node` off from a simulation that ends; the node frees itself with the last of them.
void mp_registry_abandon(mp_node *node);
void mp_registry_destroy_foreign(mp_sim *sim);
void mp_sim_take_foreign_jobs(mp_sim *sim);
/// Guards what threads outside may do to a simulation's tasks against its end.
void mp_lock_lifetimes(void);
void mp_unlock_lifetimes(void);
// births.c
void mp_births_set_executor(void *identity, void *witness);
// timers.c
/// What a timer's payload is, in its low bits.
enum { MP_TIMER_JOB = 0, MP_TIMER_WAITER = 1, MP_TIMER_EVENT = 2, MP_TIMER_MASK = 3 };
void mp_timer_push(mp_sim *sim, uint64_t when, uintptr_t payload);
/// With a sequence number that was taken before.
void mp_timer_push_as(mp_sim *sim, uint64_t when, uintptr_t payload, uint64_t sequence);
// waiters.c
/// False: the wait was over before.
bool mp_waiter_fire(mp_sim *sim, mp_waiter *waiter, uint64_t timer);
/// Whether somebody's deadline comes with this timer.
bool mp_waiter_is_due(const mp_waiter *waiter, uint64_t timer, uint64_t when);
/// Moves the deadline of a wait by its node's clock. Returns when its timer is to fire.
uint64_t mp_waiter_retime(mp_waiter *waiter, const mp_node *node, uint64_t (*map)(void *context, uint64_t when),
                          void *context);
/// From now on nobody is told of errors that simulations throw.
void mp_errors_stay_inside(void);
bool mp_waiter_has_timer(mp_sim *sim, const mp_job *task);
void mp_waiters_reset(mp_sim *sim);
void mp_waiters_abandon(mp_sim *sim);
void mp_waiters_destroy(mp_sim *sim);
// crash.c
void mp_node_freeze_job(mp_node *node, mp_job *job, mp_executor_ref executor, uint16_t flags);
/// Sees to it that the task, and what is part of it, runs no instruction until its node is thawed.
void mp_seal_task(mp_node *node, mp_job *task);
void mp_node_free_seals(mp_node *node);
/// After the verdict: gives the node's tasks back what the crash took, and makes the frozen ones runnable.
void mp_node_thaw(mp_sim *sim, mp_node *node);
void mp_nodes_seal_left_overs(mp_sim *sim);
// nodes.c
void mp_nodes_begin(mp_sim *sim);
size_t mp_nodes_end(mp_sim *sim);
// threads.c
/// Gives the calling simulation thread up for ever.
_Noreturn void mp_lose_thread(int why, int signal, const char *message);

// node_clocks.c
/// What ContinuousClock reads at virtual time 0.
uint64_t mp_instant_base(void);
/// The virtual time at which the running node's ContinuousClock shows `instant`.
uint64_t mp_true_instant(mp_sim *sim, uint64_t instant);
/// The virtual time that passes while the running node's clock counts `nanoseconds`.
uint64_t mp_true_delay(mp_sim *sim, uint64_t nanoseconds);
// trace.c
void mp_trace_job(mp_sim *sim, const mp_ready_entry *entry, uint32_t choices);
void mp_trace_birth(mp_sim *sim, mp_job *task, uint32_t parent);
#define MP_FINGERPRINT_START 0x9ae16a3b2f90404full
/// The fingerprint of a run that goes on with this job: by a multiplication that is folded, as in wyhash.
static inline uint64_t mp_fingerprint(uint64_t before, uint64_t now, const mp_ready_entry *entry) {
  uint64_t who = entry->task | (uint64_t)entry->node << 32 | (uint64_t)entry->flags << 48;
  unsigned __int128 product = (unsigned __int128)(before ^ now) * (who ^ 0x9fb21c651e98df25ull);
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}
// inspect.c
/// The task's SE-0469 name, or NULL.
const char *mp_task_name(mp_job *task);
/// Grows an array to hold `count` elements. Aborts when memory is gone: there is nothing sensible left to do.
void *mp_grow(void *array, size_t *capacity, size_t count, size_t element_size);
