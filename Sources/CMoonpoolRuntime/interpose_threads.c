//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Threads, and what threads wake and wait for each other with. What a simulation does alone (locking a mutex, taking a
// semaphore that is free, signalling a condition) is deterministic and stays untouched; what involves another thread is
// refused. These calls are also where libdispatch is caught when its entry points could not be patched.

#include "interpose.h"
#include "symbols.h"
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

/// A worker that libdispatch starts for itself. Its pool belongs to the whole process: were its thread not made, the
/// code outside the simulation would lose a worker for ever, and libdispatch would try again once a second on this
/// thread.
static bool mp_is_dispatch_worker(void *(*start)(void *)) {
  char name[128];
  mp_symbolize((uintptr_t)start, name, sizeof name);
  return strstr(name, "dispatch_worker") != NULL;
}

MP_EXPORT int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                             void *(*start)(void *), void *restrict argument) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && !mp_uncontrolled(sim, MP_API_pthread_create) && !mp_is_dispatch_worker(start))
    return EAGAIN;
  return MP_REAL(pthread_create)(thread, attributes, start, argument);
}

MP_EXPORT int pthread_join(pthread_t thread, void **result) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) {
    if (pthread_tryjoin_np(thread, result) == 0) return 0;
    mp_uncontrolled_blocking(sim, MP_API_pthread_join);
  }
  return MP_REAL(pthread_join)(thread, result);
}

// glibc on x86_64 has these twice; without a version the search may find the one of 2002, with another layout.
#if defined(__x86_64__)
#define MP_CONDITION_VERSION "GLIBC_2.3.2"
#else
#define MP_CONDITION_VERSION "GLIBC_2.17"
#endif
#define MP_REAL_CONDITION(function) MP_REAL_BY(function, dlvsym(RTLD_NEXT, #function, MP_CONDITION_VERSION))

MP_EXPORT int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) mp_uncontrolled_blocking(sim, MP_API_pthread_cond_wait);
  return MP_REAL_CONDITION(pthread_cond_wait)(condition, mutex);
}

MP_EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                                     const struct timespec *restrict deadline) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) mp_uncontrolled_blocking(sim, MP_API_pthread_cond_wait);
  return MP_REAL_CONDITION(pthread_cond_timedwait)(condition, mutex, deadline);
}

MP_EXPORT int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                                     clockid_t clock, const struct timespec *restrict deadline) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) mp_uncontrolled_blocking(sim, MP_API_pthread_cond_wait);
  return MP_REAL(pthread_cond_clockwait)(condition, mutex, clock, deadline);
}

MP_EXPORT int sem_wait(sem_t *semaphore) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) {
    if (sem_trywait(semaphore) == 0) return 0;
    mp_uncontrolled_blocking(sim, MP_API_sem_wait);
  }
  return MP_REAL(sem_wait)(semaphore);
}

MP_EXPORT int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) {
    if (sem_trywait(semaphore) == 0) return 0;
    mp_uncontrolled_blocking(sim, MP_API_sem_wait);
  }
  return MP_REAL(sem_timedwait)(semaphore, deadline);
}

static bool mp_is_called_by_dispatch(uintptr_t return_address) {
  const char *name = mp_symbol_raw_name(return_address - 1);
  return name != NULL && strstr(name, "dispatch") != NULL;
}

/// Always posted for real: nobody can tell whether a thread outside the simulation waits, and it must not wait for
/// ever. Reported if somebody does wait, or if libdispatch posts, which only does so to wake a worker. A semaphore that
/// is merely counted up, as one that serves as a lock, concerns nobody.
MP_EXPORT int sem_post(sem_t *semaphore) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) {
    // glibc's struct new_sem on 64-bit machines: one word, the number of waiters in its upper half.
    uint64_t word = __atomic_load_n((const uint64_t *)(const void *)semaphore, __ATOMIC_RELAXED);
    bool wakes = (word >> 32) != 0 || mp_is_called_by_dispatch((uintptr_t)__builtin_return_address(0));
    if (wakes) (void)mp_uncontrolled(sim, MP_API_sem_post);
  }
  return MP_REAL(sem_post)(semaphore);
}

// The number of processors. A simulation runs on one, but code that asks wants to know how many workers to start, and
// with one worker there is no interleaving left to explore. A fixed four: more than one, few enough to stay cheap, the
// same everywhere. (ProcessInfo.activeProcessorCount does not see it: CoreFoundation asks when it is loaded.)

enum { MP_PROCESSORS = 4 };

MP_EXPORT long sysconf(int name) {
  if (MP_UNLIKELY(mp_tls_sim != NULL) && (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF))
    return MP_PROCESSORS;
  return MP_REAL(sysconf)(name);
}

MP_EXPORT int get_nprocs(void) { return mp_tls_sim != NULL ? MP_PROCESSORS : MP_REAL(get_nprocs)(); }
MP_EXPORT int get_nprocs_conf(void) { return mp_tls_sim != NULL ? MP_PROCESSORS : MP_REAL(get_nprocs_conf)(); }

MP_EXPORT int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
  if (MP_LIKELY(mp_tls_sim == NULL) || size == 0) return MP_REAL(sched_getaffinity)(process, size, set);
  memset(set, 0, size);
  for (int processor = 0; processor < MP_PROCESSORS; processor++) CPU_SET_S(processor, size, set);
  return 0;
}

MP_INTERPOSERS_END
