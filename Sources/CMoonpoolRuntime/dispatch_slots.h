//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Pointing the call slots of loaded objects somewhere else.

#pragma once
#include <stddef.h>

/// One function to replace: its name, the replacement, and where to put the address of the real one.
typedef struct {
  const char *name;
  void *replacement;
  void **real;
} mp_slot_hook;

/// Points every slot for one of these functions, in every loaded object except `owner` (a part of a file name), at its
/// replacement. Does nothing unless `owner` is loaded. Returns the number of slots.
int mp_slots_patch(const char *owner, const mp_slot_hook *hooks, size_t count);
