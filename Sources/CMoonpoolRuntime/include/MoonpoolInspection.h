//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Looking at tasks: for reports, never for decisions.

#pragma once
#include "MoonpoolSimulation.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  MP_WAITS_UNKNOWN = 0,
  MP_WAITS_TASK = 1,   ///< `target` is the task awaited
  MP_WAITS_CONTINUATION = 2,
  MP_WAITS_GROUP = 3,
  MP_WAITS_EXECUTOR = 4,   ///< it is queued somewhere: runnable, on an actor, or on a timer
  MP_WAITS_TIMER = 5,      ///< for an instant of its node's clock, or for something until then
};

typedef struct mp_task_view {
  const void *task;   ///< for mp_waiter_task; valid while the task lives
  uint32_t number;    ///< birth number
  int32_t waits;     ///< MP_WAITS_*
  uint32_t target;   ///< birth number of the awaited task, 0 if unknown
  bool is_timer;     ///< the runtime's own task behind Task.sleep
  bool is_cancelled;
  bool is_complete;   ///< it has a result; somebody still holds its handle
  uint32_t frame_count;
  uintptr_t frames[24];   ///< innermost first
  const char *name;       ///< SE-0469, NULL without; valid while the task lives
} mp_task_view;

/// Describes the `index`th live task of a node.
bool mp_inspect_task(const mp_node *node, size_t index, mp_task_view *view);
/// Describes the `number`th async-let descendant of that task, from 0; false if there are not so many.
bool mp_inspect_child(const mp_node *node, size_t index, size_t number, mp_task_view *view);
/// The task that a waiter holds up; NULL if it does not wait.
const void *mp_waiter_task(const mp_waiter *waiter);
/// Writes the demangled name of the function around `pc`; returns its length, 0 if unknown.
size_t mp_inspect_symbol(uintptr_t pc, char *buffer, size_t capacity);
/// True when the frame belongs to the runtime or to Moonpool, not to the user.
bool mp_inspect_is_runtime(uintptr_t pc);
#ifdef __cplusplus
}
#endif
