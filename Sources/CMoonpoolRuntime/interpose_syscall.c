//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The variadic syscall(): how Swift's generator of random numbers asks the kernel, and how Swift's Mutex and
// libdispatch wait for each other.

#include "interpose.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

enum {
  /// How long another thread may hold one of the runtime's internal locks before it counts as blocking the simulation.
  MP_LOCK_GRACE_SECONDS = 1,
};

/// Waiting for a word in memory. A lock that another thread holds for a moment (the runtime initialising something) is
/// nobody's business and changes nothing that a simulation sees. So an untimed wait is given a moment of real time
/// first, and a timed one, which can only be somebody's own, is reported unless it is over already.
static long mp_futex_on_simulation(mp_sim *sim, uint32_t *word, int operation, uint32_t value,
                                   const struct timespec *timeout, uint32_t *other, uint32_t mask) {
  int command = operation & FUTEX_CMD_MASK;
  if (command == FUTEX_WAIT) {
    struct timespec grace = {timeout != NULL ? 0 : MP_LOCK_GRACE_SECONDS, 0};
    long result = mp_syscall6(SYS_futex, (long)word, operation, value, (long)&grace, 0, 0);
    if (result != -ETIMEDOUT) return result;
    mp_uncontrolled_blocking(sim, MP_API_futex);
  } else if (command == FUTEX_LOCK_PI && timeout == NULL) {
    struct timespec until;   // this one wants an absolute time
    MP_REAL(clock_gettime)(CLOCK_REALTIME, &until);
    until.tv_sec += MP_LOCK_GRACE_SECONDS;
    long result = mp_syscall6(SYS_futex, (long)word, operation, value, (long)&until, 0, 0);
    if (result != -ETIMEDOUT) return result;
    mp_uncontrolled_blocking(sim, MP_API_futex);
  }
  return mp_syscall6(SYS_futex, (long)word, operation, value, (long)timeout, (long)other, mask);
}

/// Declared without `...`: on the platforms that we run on, the arguments come in the same registers, and a variadic
/// function would begin by saving them all, for every random number of the process.
MP_EXPORT long mp_interposed_syscall(long number, long a, long b, long c, long d, long e, long f) __asm__("syscall");
long mp_interposed_syscall(long number, long a, long b, long c, long d, long e, long f) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) {
    switch (number) {
    case SYS_getrandom: return mp_virtual_getrandom(sim, (void *)a, (size_t)b, (unsigned)c);
    case SYS_clock_gettime: return clock_gettime((clockid_t)a, (struct timespec *)b);
    case SYS_gettimeofday: return gettimeofday((struct timeval *)a, (void *)b);
    case SYS_futex:
      return mp_syscall_errno(mp_futex_on_simulation(sim, (uint32_t *)a, (int)b, (uint32_t)c,
                                                     (const struct timespec *)d, (uint32_t *)e, (uint32_t)f));
    default: break;
    }
  }
  return mp_syscall_errno(mp_syscall6(number, a, b, c, d, e, f));
}

MP_INTERPOSERS_END
