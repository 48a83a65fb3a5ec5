//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// How the processes are laid out that this one starts, and what it shares with them.

#define _GNU_SOURCE
#include "MoonpoolProcesses.h"
#include <sys/mman.h>
#include <sys/personality.h>

long mp_fix_addresses(void) {
  int before = personality(0xffffffff);
  if (before < 0 || personality((unsigned long)before | ADDR_NO_RANDOMIZE) < 0) return -1;
  return before;
}

void mp_restore_addresses(long before) {
  if (before >= 0) personality((unsigned long)before);
}

int mp_make_shared_memory(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
