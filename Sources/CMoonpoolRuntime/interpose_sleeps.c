//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Sleeping in real time. Task.sleep does not come here; these stop the thread and with it every simulated task.
//
// A sleep that is allowed is slept, and then charged to virtual time: code that sleeps until a clock says so
// (Foundation's Thread.sleep is a loop around nanosleep and the clock) would otherwise never end.

#include "interpose.h"
#include <unistd.h>

MP_INTERPOSERS_BEGIN

#define MP_NANOSECONDS 1000000000ull

static uint64_t mp_nanoseconds(const struct timespec *time) {
  return (uint64_t)time->tv_sec * MP_NANOSECONDS + (uint64_t)time->tv_nsec;
}

static void mp_sleep_on_simulation(mp_sim *sim, mp_api api, uint64_t nanoseconds) {
  if (nanoseconds == 0) return;
  mp_uncontrolled_blocking(sim, api);
  struct timespec duration = {(time_t)(nanoseconds / MP_NANOSECONDS), (long)(nanoseconds % MP_NANOSECONDS)};
  while (MP_REAL(nanosleep)(&duration, &duration) != 0 && errno == EINTR) {}
  mp_spend_time(sim, nanoseconds);
}

MP_EXPORT int nanosleep(const struct timespec *duration, struct timespec *remaining) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(nanosleep)(duration, remaining);
  mp_sleep_on_simulation(sim, MP_API_nanosleep, mp_nanoseconds(duration));
  return 0;
}

MP_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *remaining) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(clock_nanosleep)(clock, flags, time, remaining);
  uint64_t until = mp_nanoseconds(time);
  if ((flags & TIMER_ABSTIME) != 0) {
    struct timespec now;
    clock_gettime(clock, &now);
    until = until > mp_nanoseconds(&now) ? until - mp_nanoseconds(&now) : 0;
  }
  mp_sleep_on_simulation(sim, MP_API_clock_nanosleep, until);
  return 0;
}

MP_EXPORT int usleep(useconds_t microseconds) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(usleep)(microseconds);
  mp_sleep_on_simulation(sim, MP_API_usleep, microseconds * 1000ull);
  return 0;
}

MP_EXPORT unsigned sleep(unsigned seconds) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(sleep)(seconds);
  mp_sleep_on_simulation(sim, MP_API_sleep, seconds * MP_NANOSECONDS);
  return 0;
}

MP_INTERPOSERS_END
