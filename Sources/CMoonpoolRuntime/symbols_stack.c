//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The stack of the calling thread.

#include "interpose.h"
#include "symbols.h"
#include <unwind.h>

MP_INTERPOSERS_BEGIN

typedef struct {
  uintptr_t *frames;
  size_t count, capacity;
} mp_walk;

static _Unwind_Reason_Code mp_note_frame(struct _Unwind_Context *context, void *state) {
  mp_walk *walk = state;
  int before_instruction = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (pc == 0 || walk->count == walk->capacity) return _URC_END_OF_STACK;
  // A return address is behind its call, and after the last call of a function it is in the next function.
  walk->frames[walk->count++] = before_instruction ? pc : pc - 1;
  return _URC_NO_REASON;
}

size_t mp_backtrace(uintptr_t *frames, size_t capacity) {
  mp_walk walk = {.frames = frames, .capacity = capacity};
  _Unwind_Backtrace(mp_note_frame, &walk);
  return walk.count;
}

MP_INTERPOSERS_END
