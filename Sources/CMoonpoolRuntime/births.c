//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Births: every task made on a simulation thread gets its node and number in the moment it is made, because some are
// queued straight into an actor where no executor sees them. Interposes `swift_task_create`; with a statically linked
// standard library the library's own definition wins and tasks are stamped when they are first enqueued.

#define _GNU_SOURCE
#include "core.h"
#include <dlfcn.h>

typedef struct task_and_context {
  void *task, *context;
} task_and_context;

/// swift::TaskOptionRecord, and the record that carries an executor preference.
typedef struct option_record {
  size_t flags;   ///< low byte: kind
  struct option_record *parent;
  void *identity, *witness;
} option_record;

enum { OPTION_INITIAL_TASK_EXECUTOR = 5, OPTION_INITIAL_TASK_EXECUTOR_OWNED = 6, HOP_UNITS = 1024 };

bool mp_births_interposed;
_Thread_local int mp_birth_depth __attribute__((tls_model("initial-exec")));

static void *router_identity, *router_witness;
static MP_SWIFTCC task_and_context (*real_create)(size_t, void *, const void *, void *, void *);

void mp_births_set_executor(void *identity, void *witness) {
  router_identity = identity;
  router_witness = witness;
}

bool mp_births_are_seen(void) { return mp_births_interposed; }

/// Some tasks get the router as their preferred executor: then no actor switch happens inline, and every hop is a
/// scheduling point (executor.md 3: a lost update across two awaits is found in 0 of 1,000 seeds without, 1,000 with).
static option_record *with_hops(mp_sim *sim, option_record *mine, option_record *given) {
  if (!router_identity || sim->hops == 0 || sim->rest->running_out) return given;
  for (option_record *r = given; r; r = r->parent) {
    size_t kind = r->flags & 0xff;
    if (kind == OPTION_INITIAL_TASK_EXECUTOR || kind == OPTION_INITIAL_TASK_EXECUTOR_OWNED) return given;
  }
  if (sim->hops < HOP_UNITS && mp_draw(sim->hopping, HOP_UNITS) >= sim->hops) return given;
  *mine = (option_record){OPTION_INITIAL_TASK_EXECUTOR, given, router_identity, router_witness};
  return mine;
}

__attribute__((weak)) MP_SWIFTCC task_and_context swift_task_create(size_t flags, void *options, const void *type,
                                                                    void *entry, void *context) {
  if (MP_UNLIKELY(!real_create)) {
    real_create = (MP_SWIFTCC task_and_context (*)(size_t, void *, const void *, void *, void *))dlsym(
        RTLD_NEXT, "swift_task_create");
  }
  mp_sim *sim = mp_tls_sim;
  if (!sim) return real_create(flags, options, type, entry, context);
  mp_births_interposed = true;
  option_record mine;
  mp_birth_depth++;
  task_and_context made = real_create(flags, with_hops(sim, &mine, options), type, entry, context);
  mp_birth_depth--;
  mp_job *task = made.task;
  if (!task->reserved) mp_stamp(sim, task, mp_node_for_new_task(sim));
  return made;
}

// MARK: isolated deinits

// The job of an isolated deinit that has to wait for its actor is queued there unseen. It gets its node in the
// moment it is made, too, and a function that asks whether the node still lives.

typedef __attribute__((swiftasynccall)) void (*job_function)(mp_job *);
typedef MP_SWIFTCC void (*deinit_function)(void *);
typedef MP_SWIFTCC void (*on_executor_function)(void *, deinit_function, mp_executor_ref, size_t);

static job_function run_real_deinit;

static __attribute__((swiftasynccall)) void run_deinit(mp_job *job) {
  mp_sim *sim = mp_tls_sim;
  mp_node *node = mp_job_node(job);
  if (MP_UNLIKELY(!sim || node->sim != sim)) {
    run_real_deinit(job);
  } else if (node->state == MP_NODE_DEAD) {
    mp_node_freeze_job(node, job, swift_task_getCurrentExecutor(), 0);
  } else {
    mp_node *running = sim->rest->running;
    sim->rest->running = node;
    run_real_deinit(job);
    sim->rest->running = running;
  }
}

__attribute__((weak)) MP_SWIFTCC void swift_task_deinitOnExecutor(void *object, deinit_function work,
                                                                  mp_executor_ref executor, size_t flags) {
  static on_executor_function real;
  if (MP_UNLIKELY(!real)) real = (on_executor_function)dlsym(RTLD_NEXT, "swift_task_deinitOnExecutor");
  real(object, work, executor, flags);
  mp_sim *sim = mp_tls_sim;
  bool on_default_actor = executor.identity && executor.implementation == 0;
  if (!sim || !on_default_actor) return;
  mp_job *job = MP_FIELD(executor.identity, MP_OFFSET_ACTOR_FIRST_JOB, mp_job *);
  if (!job || mp_job_kind(job) != MP_JOB_KIND_ISOLATED_DEINIT || job->reserved) return;
  job->reserved = mp_node_current(sim);
  run_real_deinit = (job_function)job->resume;
  job->resume = (void *)run_deinit;
}
