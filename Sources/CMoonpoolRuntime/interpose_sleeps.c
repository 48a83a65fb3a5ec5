//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Sleeping in real time. Task.sleep does not come here; these stop the thread and with it every simulated task.

#include "interpose.h"
#include <unistd.h>

MP_INTERPOSERS_BEGIN

static bool mp_is_zero(const struct timespec *duration) {
  return duration != NULL && duration->tv_sec == 0 && duration->tv_nsec == 0;
}

MP_EXPORT int nanosleep(const struct timespec *duration, struct timespec *remaining) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && !mp_is_zero(duration)) mp_uncontrolled_blocking(sim, MP_API_nanosleep);
  return MP_REAL(nanosleep)(duration, remaining);
}

MP_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *remaining) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && !mp_is_zero(time)) mp_uncontrolled_blocking(sim, MP_API_clock_nanosleep);
  return MP_REAL(clock_nanosleep)(clock, flags, time, remaining);
}

MP_EXPORT int usleep(useconds_t microseconds) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && microseconds != 0) mp_uncontrolled_blocking(sim, MP_API_usleep);
  return MP_REAL(usleep)(microseconds);
}

MP_EXPORT unsigned sleep(unsigned seconds) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && seconds != 0) mp_uncontrolled_blocking(sim, MP_API_sleep);
  return MP_REAL(sleep)(seconds);
}

MP_INTERPOSERS_END
