//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Clocks. ContinuousClock and SuspendingClock, Date(), DispatchTime.now() and ProcessInfo.systemUptime all end in
// clock_gettime or gettimeofday, so that virtual time here is virtual time everywhere. clock_getres is left alone: a
// resolution of one nanosecond is as true of virtual time.

#include "interpose.h"
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

MP_INTERPOSERS_BEGIN

static struct timespec mp_timespec(uint64_t nanoseconds) {
  return (struct timespec){.tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)};
}

MP_EXPORT int clock_gettime(clockid_t clock, struct timespec *now) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(clock_gettime)(clock, now);
  switch (clock) {
  case CLOCK_REALTIME:
  case CLOCK_REALTIME_COARSE:
  case CLOCK_REALTIME_ALARM:
  case CLOCK_TAI: *now = mp_timespec(mp_wall_ns(sim)); return 0;
  case CLOCK_MONOTONIC:
  case CLOCK_MONOTONIC_RAW:
  case CLOCK_MONOTONIC_COARSE:
  case CLOCK_BOOTTIME:
  case CLOCK_BOOTTIME_ALARM: *now = mp_timespec(mp_monotonic_ns(sim)); return 0;
  default:
    // CPU time of a thread or process (ids 2, 3 and the negative ones). Virtual CPU time would be a lie about the
    // machine, and its readers are profilers and log lines: let through, but remembered as a source of difference.
    mp_note_real_read(sim, MP_API_cpu_clock);
    return MP_REAL(clock_gettime)(clock, now);
  }
}

MP_EXPORT int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(gettimeofday)(now, zone);
  uint64_t wall = mp_wall_ns(sim);
  now->tv_sec = (time_t)(wall / 1000000000u);
  now->tv_usec = (suseconds_t)(wall % 1000000000u / 1000u);
  if (zone != NULL) *(struct timezone *)zone = (struct timezone){0};
  return 0;
}

MP_EXPORT time_t time(time_t *seconds) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(time)(seconds);
  time_t now = (time_t)(mp_wall_ns(sim) / 1000000000u);
  if (seconds != NULL) *seconds = now;
  return now;
}

MP_EXPORT int timespec_get(struct timespec *now, int base) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL) || base != TIME_UTC) return MP_REAL(timespec_get)(now, base);
  *now = mp_timespec(mp_wall_ns(sim));
  return base;
}

// CPU time by its other names: real, and remembered.

MP_EXPORT clock_t clock(void) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_note_real_read(mp_tls_sim, MP_API_clock);
  return MP_REAL(clock)();
}

MP_EXPORT clock_t times(struct tms *buffer) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_note_real_read(mp_tls_sim, MP_API_times);
  return MP_REAL(times)(buffer);
}

MP_EXPORT int getrusage(__rusage_who_t who, struct rusage *usage) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_note_real_read(mp_tls_sim, MP_API_getrusage);
  return MP_REAL(getrusage)(who, usage);
}

MP_INTERPOSERS_END
