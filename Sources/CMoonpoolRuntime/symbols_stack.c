//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The stack of the calling thread, and whose code stands on it.

#include "interpose.h"
#include "symbols.h"
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unwind.h>

MP_INTERPOSERS_BEGIN

typedef struct {
  uintptr_t *frames;
  size_t count, capacity;
  uintptr_t stack_above;   ///< the address above the last frame
} mp_walk;

static _Unwind_Reason_Code mp_note_frame(struct _Unwind_Context *context, void *state) {
  mp_walk *walk = state;
  int before_instruction = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (pc == 0 || walk->count == walk->capacity) return _URC_END_OF_STACK;
  // A return address is behind its call, and after the last call of a function it is in the next function.
  walk->frames[walk->count++] = before_instruction ? pc : pc - 1;
  walk->stack_above = _Unwind_GetCFA(context);
  return _URC_NO_REASON;
}

static mp_walk mp_walk_stack(uintptr_t *frames, size_t capacity) {
  mp_walk walk = {.frames = frames, .capacity = capacity};
  _Unwind_Backtrace(mp_note_frame, &walk);
  return walk;
}

size_t mp_backtrace(uintptr_t *frames, size_t capacity) { return mp_walk_stack(frames, capacity).count; }

static bool mp_is_own_code(uintptr_t pc, char *buffer, size_t capacity) {
  return mp_symbolize(pc, buffer, capacity) > 0 && !mp_symbol_is_runtime(pc, buffer);
}

/// Copies a part of the stack that may not be there (the top may be nearer than we think).
static size_t mp_copy_stack(uintptr_t from, uintptr_t *words, size_t count) {
  struct iovec local = {words, count * sizeof *words}, remote = {(void *)from, count * sizeof *words};
  long self = mp_syscall6(SYS_getpid, 0, 0, 0, 0, 0, 0);
  long copied = mp_syscall6(SYS_process_vm_readv, self, (long)&local, 1, (long)&remote, 1, 0);
  return copied > 0 ? (size_t)copied / sizeof *words : 0;
}

/// The libraries of the toolchain have functions without unwind information (DispatchSemaphore.wait(wallTimeout:) is
/// one), and there the walk ends early. Then the first word further up that is an address in somebody's own code is
/// taken: for a report a good guess is better than nothing.
static bool mp_scan_for_own_code(uintptr_t from, char *buffer, size_t capacity) {
  enum { MP_WORDS = 128 };
  uintptr_t words[MP_WORDS];
  size_t count = from != 0 ? mp_copy_stack(from, words, MP_WORDS) : 0;
  for (size_t i = 0; i < count; i++) {
    if (mp_image_known_at(words[i]) != NULL && mp_is_own_code(words[i] - 1, buffer, capacity)) return true;
  }
  return false;
}

size_t mp_caller_frame(char *buffer, size_t capacity) {
  enum { MP_DEPTH = 64 };
  uintptr_t frames[MP_DEPTH];
  if (capacity == 0) return 0;
  mp_sim *sim = mp_step_outside();
  mp_walk walk = mp_walk_stack(frames, MP_DEPTH);
  bool found = false;
  for (size_t i = 0; i < walk.count && !found; i++) found = mp_is_own_code(frames[i], buffer, capacity);
  if (!found) found = mp_scan_for_own_code(walk.stack_above, buffer, capacity);
  if (!found) buffer[0] = 0;
  mp_step_back(sim);
  return strlen(buffer);
}

MP_INTERPOSERS_END
