//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Looking at suspended tasks through the runtime's private layouts: names, what they wait for, asynchronous frames.

#include "core.h"
#include <stdio.h>

#define POINTER_BITS(word) ((char *)((word) & ~(uintptr_t)7))

const char *mp_task_name(mp_job *task) {
  if (!(task->flags & MP_JOB_HAS_INITIAL_NAME)) return NULL;
  char *record = POINTER_BITS(MP_FIELD(task, MP_OFFSET_TASK_STATUS_RECORD, uintptr_t));
  for (; record; record = MP_FIELD(record, 8, char *))
    if ((MP_FIELD(record, 0, size_t) & 0xff) == MP_STATUS_RECORD_NAME) return MP_FIELD(record, 16, const char *);
  return NULL;
}

static int32_t what_it_waits_for(mp_job *task, uint32_t *target) {
  enum { DEPENDENCY_TASK = 1, DEPENDENCY_CONTINUATION = 2, DEPENDENCY_GROUP = 3 };
  char *dependency = MP_FIELD(task, MP_OFFSET_TASK_DEPENDENCY, char *);
  if (!dependency) return MP_WAITS_UNKNOWN;
  switch (MP_FIELD(dependency, MP_OFFSET_DEPENDENCY_KIND, uint32_t)) {
  case DEPENDENCY_TASK: {
    mp_job *awaited = MP_FIELD(dependency, MP_OFFSET_DEPENDENCY_TARGET, mp_job *);
    if (awaited && awaited->reserved) *target = MP_TASK_NUMBER(awaited);
    return MP_WAITS_TASK;
  }
  case DEPENDENCY_CONTINUATION: return MP_WAITS_CONTINUATION;
  case DEPENDENCY_GROUP: return MP_WAITS_GROUP;
  default: return MP_WAITS_EXECUTOR;
  }
}

static void describe(const mp_node *node, mp_job *task, mp_task_view *view) {
  *view = (mp_task_view){.task = task, .number = MP_TASK_NUMBER(task), .is_timer = MP_TASK_IS_TIMER(task)};
  uintptr_t status = MP_FIELD(task, MP_OFFSET_TASK_STATUS_FLAGS, uintptr_t);
  view->is_cancelled = status & MP_TASK_STATUS_CANCELLED;
  view->is_complete = status & MP_TASK_STATUS_COMPLETE;
  view->name = mp_task_name(task);
  // One that runs, or ran when its thread was lost, waits for nothing, and its contexts are those of an earlier time.
  if (status & MP_TASK_STATUS_RUNNING) return;
  view->waits = what_it_waits_for(task, &view->target);
  if (view->waits == MP_WAITS_CONTINUATION && mp_waiter_has_timer(node->sim, task)) view->waits = MP_WAITS_TIMER;
  // The innermost frame is where the task goes on; its callers follow through the parent links of async contexts.
  size_t capacity = sizeof view->frames / sizeof *view->frames;
  uintptr_t pc = (uintptr_t)task->resume;
  for (size_t i = 0; i < node->sealed_count; i++)
    if (node->sealed_tasks[i].task == task && node->sealed_tasks[i].resume)
      pc = (uintptr_t)node->sealed_tasks[i].resume;
  char *context = task->resume_context;
  while (view->frame_count < capacity && pc) {
    view->frames[view->frame_count++] = pc;
    if (!context) break;
    pc = MP_FIELD(context, 8, uintptr_t);
    context = MP_FIELD(context, 0, char *);
  }
}

bool mp_inspect_task(const mp_node *node, size_t index, mp_task_view *view) {
  if (index >= node->live) return false;
  describe(node, node->tasks[index], view);
  return true;
}

// MARK: async-let children

// They are in no table: they live in their parent's frame, and the parent's status records lead to them.

/// The `*left`th descendant of a task by async-let, each before its own children; NULL if there are not so many.
static mp_job *find_child(mp_job *task, size_t *left) {
  for (char *record = mp_task_records(task); record; record = mp_record_parent(record)) {
    if (mp_record_kind(record) != MP_STATUS_RECORD_CHILD) continue;
    mp_job *child = MP_FIELD(record, MP_OFFSET_RECORD_BODY, mp_job *);
    for (; child; child = MP_FIELD(child, MP_OFFSET_TASK_NEXT_CHILD, mp_job *)) {
      if (!mp_is_async_let(child)) continue;
      if ((*left)-- == 0) return child;
      mp_job *found = find_child(child, left);
      if (found) return found;
    }
  }
  return NULL;
}

bool mp_inspect_child(const mp_node *node, size_t index, size_t number, mp_task_view *view) {
  if (index >= node->live) return false;
  mp_job *child = find_child(node->tasks[index], &number);
  if (!child) return false;
  *view = (mp_task_view){.is_complete = true};
  if (child->reserved) describe(node, child, view);   // else it has not begun
  return true;
}

size_t mp_inspect_symbol(uintptr_t pc, char *buffer, size_t capacity) { return mp_symbolize(pc, buffer, capacity); }

bool mp_inspect_is_runtime(uintptr_t pc) {
  char name[1024];
  mp_symbolize(pc, name, sizeof name);
  return mp_symbol_is_runtime(pc, name);
}
