//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// One simulation: its runnable jobs, timers, nodes and virtual time.
//
// The run loop itself is Swift (generic over the scheduling strategy); this is the state that it drives and the
// steps that it is made of. All functions are for the simulation's own thread unless they say otherwise.

#pragma once
#include "MoonpoolDecisions.h"
#include "MoonpoolReady.h"
#include "MoonpoolUncontrolled.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mp_sim mp_sim;
typedef struct mp_node mp_node;

/// Why the run loop should look up from its work. Set from anywhere, read after each job.
enum {
  MP_STOP_NONE = 0,
  MP_STOP_ROOT_DONE = 1,        ///< the body returned or threw
  MP_STOP_UNCONTROLLED = 2,     ///< something that cannot be controlled was called
  MP_STOP_FOREIGN_RESUME = 3,   ///< a thread outside resumed one of our tasks
  MP_STOP_DIVERGED = 4,         ///< the lock-step check found its first difference
  MP_STOP_VIOLATED = 5,         ///< a property does not hold, and the run need not go on
};

/// How a node's jobs are treated.
enum {
  MP_NODE_ALIVE = 0,
  MP_NODE_DEAD = 1,    ///< killed: nothing of it runs
  MP_NODE_LIMBO = 2,   ///< the verdict is final: cancelled tasks run out, effects suppressed
};

typedef struct mp_timer {
  uint64_t when;       ///< virtual nanoseconds
  uint64_t sequence;   ///< breaks ties: first scheduled, first due
  uintptr_t payload;   ///< a job; a waiter, tagged with 1; or an event of the world, tagged with 2
} mp_timer;

typedef struct mp_timers {
  mp_timer *heap;   ///< 4-ary
  size_t count, capacity;
} mp_timers;

/// An event that is due. False: it had been cancelled, and time does not pass for it.
typedef bool (*mp_event_handler)(void *context, uint64_t event);
/// Called whenever nothing is runnable, before time goes on.
typedef void (*mp_quiet_handler)(void *context);

/// The fields that the run loop reads inline. Opaque to everybody else.
struct mp_sim {
  mp_ready ready;
  uint64_t now;                    ///< virtual nanoseconds since the start
  uint64_t next_timer;             ///< when the earliest timer is due; UINT64_MAX without one
  uint64_t jobs;                   ///< jobs run so far; the watchdog reads it from its own thread
  uint64_t jobs_at_event;          ///< value of `jobs` when the last timer fired
  uint64_t cost_base, cost_span;   ///< virtual CPU time of a job: base + 0..<span nanoseconds
  uint64_t limit;                  ///< the run loop returns at this virtual time
  uint64_t event_due;   ///< when the world's event that is being taken was due: jobs may have moved the time past it
  uint32_t skips;                  ///< waits that the present job has been spared
  int32_t stop;                    ///< MP_STOP_*
  uint32_t hops;                   ///< of 1,024 new tasks, how many make every actor call a scheduling point
  mp_decisions *decisions;
  mp_stream *scheduling, *cost, *hopping, *timing;
  void *owner;   ///< whoever drives the run; not touched here
  mp_quiet_handler on_quiet;
  mp_event_handler on_event;
  void *world;   ///< the handlers' context
  struct mp_sim_private *rest;
};

// MARK: life

mp_sim *mp_sim_create(void);
void mp_sim_destroy(mp_sim *sim);
/// Makes the simulation as new for `seed`. The decisions are the caller's to configure before the first job.
void mp_sim_begin(mp_sim *sim, mp_decisions *decisions);
/// Ends the simulation: what still lives is cut off from it, and reported if a thread outside ever resumes it.
/// Returns how many tasks were still there.
size_t mp_sim_end(mp_sim *sim);

/// Makes the calling thread the simulation's thread (NULL: an ordinary thread again). Returns what it was before.
mp_sim *mp_sim_enter(mp_sim *sim);
mp_sim *mp_sim_current(void);
/// Forgets what libraries keep of entropy in the calling thread. Before a simulation's first job, and in a fresh
/// thread.
void mp_sim_prepare_thread(void);
/// Which of the names in MoonpoolUncontrolled.def are tolerated in this run.
void mp_sim_allow(mp_sim *sim, mp_api api, bool allowed);

static inline mp_ready *mp_sim_ready(mp_sim *sim) { return &sim->ready; }
static inline int32_t mp_sim_stop(const mp_sim *sim) { return __atomic_load_n(&sim->stop, __ATOMIC_ACQUIRE); }
/// Any thread. The first reason stays.
void mp_sim_request_stop(mp_sim *sim, int32_t reason);
void mp_sim_clear_stop(mp_sim *sim);

/// How many errors simulated code has thrown of which somebody in the process wanted to be told, and wasn't.
uint64_t mp_sim_untold_errors(const mp_sim *sim);

// MARK: stepping

/// Takes the runnable job at `index` and runs it until it suspends. `switching` false: an actor call that the
/// runtime would have run inline becomes a job of its own.
void mp_sim_run_job(mp_sim *sim, uint32_t index, bool switching);
enum {
  MP_ADVANCE_IDLE = 0,    ///< nobody waits for the time
  MP_ADVANCE_DONE = 1,    ///< something has become runnable, or a world's event was taken
  MP_ADVANCE_LIMIT = 2,   ///< the earliest timer is beyond the limit
};
/// Moves virtual time to the earliest timer that somebody waits for, when nothing can run. Returns MP_ADVANCE_*.
int mp_sim_advance(mp_sim *sim);
/// When something happened last, for when nothing can run. Before `now` if time has passed only for sleeps that had
/// been cancelled.
uint64_t mp_sim_last_happening(const mp_sim *sim);
/// Makes every timer that is due runnable.
void mp_sim_fire_due(mp_sim *sim);
/// Waits in real time until a thread outside resumes a task of ours (only when that is allowed).
/// False after `milliseconds` without one.
bool mp_sim_wait_for_foreign_resume(mp_sim *sim, uint32_t milliseconds);
/// Called when nothing is runnable: takes what threads outside have resumed (when that is allowed), and destroys tasks
/// whose last reference they have dropped.
void mp_sim_drain_foreign(mp_sim *sim);

// MARK: what the executors deliver

/// On a simulation thread. False: the job was born outside, and goes back to the platform's executor.
bool mp_enqueue_global(void *job);
bool mp_enqueue_main(void *job);
void mp_enqueue_after(void *job, uint64_t nanoseconds, uint64_t tolerance);
/// `instant`: nanoseconds as ContinuousClock and SuspendingClock count them on a simulation thread.
void mp_enqueue_at(void *job, uint64_t instant, uint64_t tolerance);
/// On any other thread: true when the job belongs to a simulation (it has been dealt with).
bool mp_enqueue_escaped(void *job);
bool mp_enqueue_escaped_main(void *job);
/// Attoseconds (two halves of a Duration) to nanoseconds, clamped to 0 … UINT64_MAX.
uint64_t mp_attoseconds_to_ns(uint64_t low, uint64_t high);

/// Installs the global enqueue hook and tells the runtime's private parts where the routers are. Once per process.
void mp_install(void *main_identity, void *main_witness, void *task_identity, void *task_witness);
/// Whether task creation goes through us: exact attribution, and hops as scheduling points.
bool mp_births_are_seen(void);

// MARK: waiting without an extra task

/// One wait of a task: for a time, for an event of the world, or for both.
typedef struct mp_waiter mp_waiter;

/// Why a wait ended.
enum {
  MP_WAIT_WOKEN = 0,       ///< mp_waiter_wake
  MP_WAIT_TIMED_OUT = 1,   ///< its time came first
  MP_WAIT_CANCELLED = 2,   ///< the task was cancelled first
};

/// Begins a wait of the task that is running. NULL if the task has been cancelled: then it must not wait.
mp_waiter *mp_waiter_begin(mp_sim *sim);
/// To be called inside the body of a continuation, which is resumed at `when`, or up to `tolerance` later as the seed
/// draws, or by mp_waiter_wake, or as soon as the task is cancelled. `when` UINT64_MAX: not by time.
void mp_waiter_arm(mp_waiter *waiter, uint64_t when, uint64_t tolerance, void *continuation);
/// Before arming: the deadline is one of the node's clock, and moves when that changes its rate.
void mp_waiter_use_node_clock(mp_waiter *waiter);
/// Makes the task runnable, unless it is already. Allowed from mp_waiter_arm until mp_waiter_end.
void mp_waiter_wake(mp_waiter *waiter);
/// Ends the wait, when the task goes on. Returns MP_WAIT_*.
int mp_waiter_end(mp_waiter *waiter);

/// Spares the running task a wait until `when`, if nothing at all could happen in the meantime: nobody can run, nothing
/// is due, and the task holds no actor that others wait for. Virtual time is `when` then. False: it must wait.
bool mp_sim_skip_to(mp_sim *sim, uint64_t when);
/// Makes a task runnable that waits for a continuation without a result: a wait that cannot be cancelled.
void mp_continuation_resume(void *continuation);

// MARK: events of the world

/// Whoever models the world beside the tasks; at most one for each run.
void mp_sim_set_world(mp_sim *sim, void *context, mp_event_handler on_event, mp_quiet_handler on_quiet);
/// Schedules `event` (at most 62 bits) for the handler. Events and timers share one order: by time, then by who was
/// scheduled first.
void mp_event_schedule(mp_sim *sim, uint64_t when, uint64_t event);

// MARK: nodes

/// Number 0 is the root. Names are copied.
mp_node *mp_node_create(mp_sim *sim, const char *name, uint32_t incarnation);
mp_node *mp_node_at(mp_sim *sim, size_t index);
size_t mp_node_count(mp_sim *sim);
/// The node of the running task. Exact also inside an actor that several nodes share.
mp_node *mp_node_current(mp_sim *sim);
const char *mp_node_name(const mp_node *node);
uint32_t mp_node_number(const mp_node *node);
uint32_t mp_node_incarnation(const mp_node *node);
int mp_node_state(const mp_node *node);
size_t mp_node_live_tasks(const mp_node *node);
uint64_t mp_node_jobs(const mp_node *node);
/// Tasks made until this is called with NULL belong to `node`. For the one call that makes a node's first task.
void mp_node_adopt_births(mp_sim *sim, mp_node *node);
/// From this instant no instruction of the node runs. Must not be called by the node itself: see mp_node_kill_self.
void mp_node_kill(mp_node *node);
/// Kills the node whose code is running; the calling thread never continues.
_Noreturn void mp_node_kill_self(mp_node *node);
/// From this instant no job of the node runs, until it is resumed: SIGSTOP, or a long collection of garbage. Timers go
/// on; what they make runnable waits. Not for the node itself.
void mp_node_pause(mp_node *node);
void mp_node_resume(mp_node *node);
/// Jobs that have run later because their node was paused when their turn came.
uint64_t mp_sim_late_jobs(const mp_sim *sim);
/// A number that tells which jobs have been run so far, in which order and when. Not cryptographic, only to compare
/// runs.
uint64_t mp_sim_fingerprint(const mp_sim *sim);
/// Cancels every task of the node: the cooperative stop.
size_t mp_node_cancel(mp_node *node);

/// After the verdict: cancels and thaws everything, fires every timer, runs at most `jobs` jobs with effects
/// suppressed. Returns how many tasks resisted.
size_t mp_sim_run_out(mp_sim *sim, uint64_t jobs);
/// True while the above is going on (also for user code that wants to know).
bool mp_sim_is_running_out(void);

// MARK: a node's own clocks

/// How a node's clocks go. Virtual time and the monotonic clock count from the start of the run, the wall clock from
/// 1970; all in nanoseconds.
typedef struct mp_clock_model {
  uint64_t (*monotonic)(void *clock, uint64_t now);
  uint64_t (*wall)(void *clock, uint64_t now);
  /// The first virtual time from `now` on at which the monotonic clock shows `deadline`.
  uint64_t (*instant)(void *clock, uint64_t deadline, uint64_t now);
} mp_clock_model;

/// Gives a node clocks of its own; both must live as long as the run. NULL: true time.
void mp_node_set_clock(mp_node *node, const mp_clock_model *model, void *clock);
/// The node's monotonic clock has changed its rate: `map` says for a virtual time at which something was due by the old
/// rate when it is due by the new one.
void mp_node_retime(mp_node *node, uint64_t (*map)(void *context, uint64_t when), void *context);
/// What a true wall clock shows at virtual time 0.
uint64_t mp_wall_base(void);

// MARK: what went wrong on the boundary

typedef struct mp_incident {
  mp_api api;
  uint32_t task;   ///< birth number, 0 if unknown
  uint32_t node;
  uint32_t frame_count;
  uintptr_t frames[32];
} mp_incident;

/// The first uncontrolled call of the run, if any.
const mp_incident *mp_sim_incident(const mp_sim *sim);
/// The decision that differs was made here: keeps the stack, or the last job's task when no job runs.
void mp_sim_note_divergence(mp_sim *sim);
/// What the above kept, NULL if it wasn't called. The `api` means nothing.
const mp_incident *mp_sim_divergence(const mp_sim *sim);
/// Reads of real time that were let through: the usual suspect when two runs of a seed differ.
uint64_t mp_sim_real_reads(const mp_sim *sim);

// MARK: trace

enum {
  MP_TRACE_JOB = 1,     ///< a: runnable jobs there were, b: MP_READY_* of the job
  MP_TRACE_TIMER = 2,   ///< a timer fired; a: scheduling sequence number
  MP_TRACE_BIRTH = 3,   ///< a task was made; a: the task that made it
  MP_TRACE_NODE_BOOT = 4,
  MP_TRACE_NODE_KILL = 5,   ///< a: live tasks
  MP_TRACE_NODE_STOP = 6,   ///< cooperative stop; a: live tasks
  MP_TRACE_NODE_TRAP = 7,
  MP_TRACE_UNCONTROLLED = 8,   ///< a: mp_api
  MP_TRACE_FINISHED = 9,       ///< the verdict is final
  MP_TRACE_DEATH = 10,         ///< a task was destroyed
  MP_TRACE_EVENT = 11,         ///< an event of the world; its fields are the world's
};

typedef struct mp_trace_record {
  uint64_t time;
  uint64_t decisions;
  uint32_t task, node;
  uint32_t a, b;
  uint32_t kind, flags;
} mp_trace_record;

/// 0: off, 1: digest only, 2: everything.
void mp_trace_enable(mp_sim *sim, int level);
uint64_t mp_trace_digest(const mp_sim *sim);
size_t mp_trace_count(const mp_sim *sim);
const mp_trace_record *mp_trace_records(const mp_sim *sim);
/// The name of a task (SE-0469), kept while tracing; NULL if it has none.
const char *mp_trace_task_name(const mp_sim *sim, uint32_t task);
void mp_trace_note(mp_sim *sim, uint32_t kind, uint32_t task, uint32_t node, uint32_t a, uint32_t b);
/// An event of the world: which of its kinds, what it is about, and a number.
void mp_trace_event(mp_sim *sim, uint32_t event_kind, uint32_t node, uint32_t subject, uint32_t value);
bool mp_trace_is_on(const mp_sim *sim);

/// Birth number of the running task, 0 outside any.
uint32_t mp_task_current(void);

/// How many entry points of Dispatch are watched; 0 with the static standard library.
int mp_dispatch_guard_slots(void);
/// Disturbs the calling thread's heap so that the addresses of what is allocated next come in another order.
typedef struct mp_heap_shake mp_heap_shake;
mp_heap_shake *mp_heap_shake_begin(uint64_t seed);
void mp_heap_shake_end(mp_heap_shake *shake);

/// Whether Set and Dictionary order repeat from process to process.
bool mp_hashing_is_deterministic(void);
/// Releases a closure's context until only `baseline` references are left: those that frames hold which never run
/// again.
void mp_closure_release_down_to(void *context, size_t baseline);
size_t mp_closure_reference_count(void *context);

#ifdef __cplusplus
}
#endif
