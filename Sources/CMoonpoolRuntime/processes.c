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
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>

long mp_fix_addresses(void) {
  int before = personality(0xffffffff);
  if (before < 0 || personality((unsigned long)before | ADDR_NO_RANDOMIZE) < 0) return -1;
  return before;
}

void mp_restore_addresses(long before) {
  if (before >= 0) personality((unsigned long)before);
}

int mp_make_shared_memory(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

void mp_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static int children_ended = -1;

/// On whichever thread.
static void note_end(int signal) {
  (void)signal;
  int error = errno;
  uint64_t one = 1;
  if (write(children_ended, &one, sizeof one) < 0) errno = error;
}

int mp_watch_children(void) {
  children_ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action = {.sa_handler = note_end, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
  sigaction(SIGCHLD, &action, NULL);
  return children_ended;
}
