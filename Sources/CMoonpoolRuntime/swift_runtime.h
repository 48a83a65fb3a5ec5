//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Private layouts of the Swift 6.3 runtime that Moonpool relies on, in one place. Each is checked by the start-up
// self-test (SelfTest.swift); nothing else in the project knows an offset.

#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MP_SWIFTCC __attribute__((swiftcall))

typedef struct mp_executor_ref {
  void *identity;
  uintptr_t implementation;
} mp_executor_ref;

/// swift::Job and the head of swift::AsyncTask (64-bit).
typedef struct mp_job {
  void *metadata;
  uintptr_t refcounts;
  void *scheduler_private[2];
  uint32_t flags;   ///< low byte: kind
  uint32_t id;
  void *voucher;          ///< the runtime writes it, even here
  void *reserved;         ///< "reserved for future use": the node that the job belongs to
  void *resume;           ///< where the task goes on
  void *resume_context;   ///< AsyncTask only from here on
  uint64_t reserved64;    ///< AsyncTask: uninitialised by the runtime; our task word, see below
} mp_job;

_Static_assert(offsetof(mp_job, flags) == 32, "layout of swift::Job");
_Static_assert(offsetof(mp_job, reserved) == 48, "layout of swift::Job");
_Static_assert(offsetof(mp_job, resume) == 56, "layout of swift::Job");
_Static_assert(offsetof(mp_job, reserved64) == 72, "layout of swift::AsyncTask");

enum {
  MP_JOB_KIND_TASK = 0,
  MP_JOB_KIND_ACTOR_DRAIN = 193,       ///< ProcessOutOfLineJob: "go and work off this actor's queue"
  MP_JOB_KIND_ISOLATED_DEINIT = 196,   ///< its `resume` is a plain function of the job
};
#define MP_JOB_IS_ASYNC_LET (1u << 28)
#define MP_JOB_HAS_INITIAL_NAME (1u << 30)

enum {
  MP_OFFSET_DRAIN_ACTOR = 64,            ///< in a ProcessOutOfLineJob: its actor
  MP_OFFSET_ACTOR_FIRST_JOB = 40,        ///< in a default actor: newest queued job (status word)
  MP_OFFSET_TASK_STATUS_FLAGS = 0x60,    ///< in an AsyncTask: ActiveTaskStatus flags
  MP_OFFSET_TASK_STATUS_RECORD = 0x68,   ///< … and its innermost status record
  MP_OFFSET_TASK_DEPENDENCY = 0xa0,      ///< what a suspended task waits for
  MP_OFFSET_DEPENDENCY_TARGET = 16,
  MP_OFFSET_DEPENDENCY_KIND = 32,
  MP_OFFSET_TASK_PARENT = 0xd0,        ///< in a child task: its parent …
  MP_OFFSET_TASK_NEXT_CHILD = 0xd8,    ///< … and its next sibling in the same record
  MP_OFFSET_RECORD_PARENT = 8,         ///< in a status record: the next outer one
  MP_OFFSET_RECORD_BODY = 16,          ///< … and its first own word: child, handler, name
  MP_STATUS_RECORD_CHILD = 1,          ///< an async-let child
  MP_STATUS_RECORD_CANCELLATION = 3,   ///< a cancellation handler
  MP_STATUS_RECORD_ESCALATION = 4,     ///< a priority escalation handler
  MP_STATUS_RECORD_NAME = 6,
  MP_TASK_STATUS_CANCELLED = 0x100,
  MP_TASK_STATUS_RUNNING = 0x800,
  MP_TASK_STATUS_COMPLETE = 0x2000,
};
#define MP_FIELD(base, offset, type) (*(type *)((char *)(base) + (offset)))

/// A task's `reserved64`: birth number in the simulation (high half), flag for the runtime's own timer tasks, and its
/// 1-based place in the node's table of live tasks.
#define MP_TASK_NUMBER(job) ((uint32_t)((job)->reserved64 >> 32))
#define MP_TASK_IS_TIMER(job) (((job)->reserved64 & 0x80000000ull) != 0)
#define MP_TASK_SLOT(job) ((uint32_t)((job)->reserved64 & 0x7fffffffull))

static inline uint32_t mp_job_kind(const mp_job *job) { return job->flags & 0xff; }
static inline bool mp_job_is_task(const mp_job *job) { return mp_job_kind(job) == MP_JOB_KIND_TASK; }
static inline bool mp_is_async_let(const mp_job *job) {
  return mp_job_is_task(job) && (job->flags & MP_JOB_IS_ASYNC_LET);
}
/// The innermost of a task's status records, or NULL.
static inline char *mp_task_records(const mp_job *task) {
  return (char *)(MP_FIELD(task, MP_OFFSET_TASK_STATUS_RECORD, uintptr_t) & ~(uintptr_t)7);
}
/// swift::CancellationNotificationStatusRecord.
struct mp_status_record {
  uintptr_t flags;   ///< low byte: kind
  struct mp_status_record *parent;
  void *function, *argument;
};
_Static_assert(offsetof(struct mp_status_record, parent) == MP_OFFSET_RECORD_PARENT, "layout of a status record");
_Static_assert(offsetof(struct mp_status_record, function) == MP_OFFSET_RECORD_BODY, "layout of a status record");

static inline bool mp_task_is_cancelled(const mp_job *task) {
  return (MP_FIELD(task, MP_OFFSET_TASK_STATUS_FLAGS, uint32_t) & MP_TASK_STATUS_CANCELLED) != 0;
}
static inline uint8_t mp_record_kind(const char *record) { return *(const uint8_t *)record; }
static inline char *mp_record_parent(const char *record) { return MP_FIELD(record, MP_OFFSET_RECORD_PARENT, char *); }
static inline void *mp_drain_actor(const mp_job *job) { return MP_FIELD(job, MP_OFFSET_DRAIN_ACTOR, void *); }
/// The job that was queued last on the actor that `job` would drain, or NULL.
static inline mp_job *mp_drain_newest(const mp_job *job) {
  return (mp_job *)MP_FIELD(mp_drain_actor(job), MP_OFFSET_ACTOR_FIRST_JOB, uintptr_t);
}

extern void *swift_task_enqueueGlobal_hook;
extern MP_SWIFTCC void swift_job_run(mp_job *, mp_executor_ref);
extern MP_SWIFTCC void swift_job_run_on_serial_and_task_executor(mp_job *, mp_executor_ref, mp_executor_ref);
extern MP_SWIFTCC mp_job *swift_task_getCurrent(void);
extern MP_SWIFTCC void *swift_task_suspend(void);
extern MP_SWIFTCC void swift_task_enqueue(mp_job *, mp_executor_ref);
extern MP_SWIFTCC mp_executor_ref swift_task_getCurrentExecutor(void);
extern MP_SWIFTCC void swift_task_cancel(mp_job *);
extern MP_SWIFTCC void swift_continuation_resume(mp_job *);
extern void *swift_retain(void *);
extern void swift_release(void *);
