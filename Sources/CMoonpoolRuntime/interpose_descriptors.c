//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Reading from and waiting for file descriptors. Whatever is there already is handed out; only a call that would have
// to wait for the outside world is refused. /dev/urandom and /dev/random are recognised by what a descriptor is, not by
// who opened it, so open and close need no interposer.

#include "interpose.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <fcntl.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

static bool mp_is_entropy_device(const struct stat *status) {
  return S_ISCHR(status->st_mode) && major(status->st_rdev) == 1 &&
         (minor(status->st_rdev) == 8 || minor(status->st_rdev) == 9);
}

static bool mp_is_ready(int descriptor, short events) {
  struct pollfd entry = {.fd = descriptor, .events = events};
  struct timespec at_once = {0, 0};
  // Any answer, an error included, means that the call itself would not wait.
  return mp_syscall6(SYS_ppoll, (long)&entry, 1, (long)&at_once, 0, 0, 0) != 0;
}

/// Reports the call if it would wait for input. Returns when the real call may go on.
static void mp_refuse_waiting(mp_sim *sim, int descriptor, mp_api api) {
  if (mp_is_ready(descriptor, POLLIN)) return;
  long flags = mp_syscall6(SYS_fcntl, descriptor, F_GETFL, 0, 0, 0, 0);
  if (flags < 0 || (flags & O_NONBLOCK) != 0) return;
  mp_uncontrolled_blocking(sim, api);
}

/// True: the bytes come from the simulation and are in place.
static bool mp_read_on_simulation(mp_sim *sim, int descriptor, void *bytes, size_t count) {
  int saved = errno;
  struct stat status;
  if (fstat(descriptor, &status) == 0) {
    if (mp_is_entropy_device(&status)) {
      mp_fill_entropy(sim, bytes, count);
      errno = saved;
      return true;
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) mp_refuse_waiting(sim, descriptor, MP_API_read);
  }
  errno = saved;
  return false;
}

MP_EXPORT ssize_t read(int descriptor, void *bytes, size_t count) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && mp_read_on_simulation(sim, descriptor, bytes, count)) return (ssize_t)count;
  return MP_REAL(read)(descriptor, bytes, count);
}

/// What `read` is called in C code compiled with _FORTIFY_SOURCE.
MP_EXPORT ssize_t __read_chk(int descriptor, void *bytes, size_t count, size_t capacity) {
  if (count > capacity) __builtin_trap();
  return read(descriptor, bytes, count);
}

/// A FILE of its own, because reading the real one happens inside libc, where nobody can step in.
static ssize_t mp_read_entropy_file(void *cookie, char *bytes, size_t count) {
  (void)cookie;
  mp_sim *sim = mp_tls_sim;
  if (sim != NULL) {
    mp_fill_entropy(sim, bytes, count);
    return (ssize_t)count;
  }
  return mp_syscall_errno(mp_syscall6(SYS_getrandom, (long)bytes, (long)count, 0, 0, 0, 0));
}

static FILE *mp_open_entropy_file(const char *path) {
  if (strcmp(path, "/dev/urandom") != 0 && strcmp(path, "/dev/random") != 0) return NULL;
  return fopencookie(NULL, "r", (cookie_io_functions_t){.read = mp_read_entropy_file});
}

MP_EXPORT FILE *fopen(const char *restrict path, const char *restrict mode) {
  FILE *entropy = MP_UNLIKELY(mp_tls_sim != NULL) ? mp_open_entropy_file(path) : NULL;
  return entropy != NULL ? entropy : MP_REAL(fopen)(path, mode);
}

MP_EXPORT FILE *fopen64(const char *restrict path, const char *restrict mode) {
  FILE *entropy = MP_UNLIKELY(mp_tls_sim != NULL) ? mp_open_entropy_file(path) : NULL;
  return entropy != NULL ? entropy : MP_REAL(fopen64)(path, mode);
}

// Waiting for readiness: asked without waiting first, refused only if nothing is ready and the caller would wait.

MP_EXPORT int poll(struct pollfd *entries, nfds_t count, int timeout) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && timeout != 0) {
    int ready = MP_REAL(poll)(entries, count, 0);
    if (ready != 0) return ready;
    mp_uncontrolled_blocking(sim, MP_API_poll);
  }
  return MP_REAL(poll)(entries, count, timeout);
}

MP_EXPORT int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout, const sigset_t *signals) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) {
    struct timespec at_once = {0, 0};
    int ready = MP_REAL(ppoll)(entries, count, &at_once, signals);
    if (ready != 0 || (timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0)) return ready;
    mp_uncontrolled_blocking(sim, MP_API_poll);
  }
  return MP_REAL(ppoll)(entries, count, timeout, signals);
}

MP_EXPORT int select(int count, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict errors,
                     struct timeval *restrict timeout) {
  mp_sim *sim = mp_tls_sim;
  bool waits = timeout == NULL || timeout->tv_sec != 0 || timeout->tv_usec != 0;
  if (MP_UNLIKELY(sim != NULL) && waits) {
    // The sets are overwritten by an answer, so a question without waiting is asked about copies.
    fd_set copies[3];
    fd_set *sets[3] = {reads, writes, errors}, *asked[3] = {NULL, NULL, NULL};
    for (int i = 0; i < 3; i++) {
      if (sets[i] == NULL) continue;
      copies[i] = *sets[i];
      asked[i] = &copies[i];
    }
    struct timeval at_once = {0, 0};
    if (MP_REAL(select)(count, asked[0], asked[1], asked[2], &at_once) == 0)
      mp_uncontrolled_blocking(sim, MP_API_select);
  }
  return MP_REAL(select)(count, reads, writes, errors, timeout);
}

MP_EXPORT int epoll_wait(int descriptor, struct epoll_event *events, int capacity, int timeout) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && timeout != 0) {
    int ready = MP_REAL(epoll_wait)(descriptor, events, capacity, 0);
    if (ready != 0) return ready;
    mp_uncontrolled_blocking(sim, MP_API_epoll_wait);
  }
  return MP_REAL(epoll_wait)(descriptor, events, capacity, timeout);
}

// What is registered here makes somebody else run later. Reported, then done: when it is libdispatch that registers,
// half of a registration would break it for the whole process.

MP_EXPORT int epoll_ctl(int descriptor, int operation, int target, struct epoll_event *event) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && operation != EPOLL_CTL_DEL) (void)mp_uncontrolled(sim, MP_API_epoll_ctl);
  return MP_REAL(epoll_ctl)(descriptor, operation, target, event);
}

MP_EXPORT int eventfd_write(int descriptor, eventfd_t value) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL)) (void)mp_uncontrolled(sim, MP_API_eventfd_write);
  return MP_REAL(eventfd_write)(descriptor, value);
}

MP_EXPORT int timerfd_settime(int descriptor, int flags, const struct itimerspec *value, struct itimerspec *previous) {
  mp_sim *sim = mp_tls_sim;
  bool arms = value != NULL && (value->it_value.tv_sec != 0 || value->it_value.tv_nsec != 0);
  if (MP_UNLIKELY(sim != NULL) && arms) (void)mp_uncontrolled(sim, MP_API_timerfd_settime);
  return MP_REAL(timerfd_settime)(descriptor, flags, value, previous);
}

MP_EXPORT int flock(int descriptor, int operation) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && (operation & (LOCK_NB | LOCK_UN)) == 0) {
    if (MP_REAL(flock)(descriptor, operation | LOCK_NB) == 0) return 0;
    if (errno == EWOULDBLOCK) mp_uncontrolled_blocking(sim, MP_API_flock);
  }
  return MP_REAL(flock)(descriptor, operation);
}

// Receiving. A socket pair inside one simulation works; waiting for the other end of a real connection does not.

MP_EXPORT ssize_t recv(int descriptor, void *bytes, size_t count, int flags) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && (flags & MSG_DONTWAIT) == 0) mp_refuse_waiting(sim, descriptor, MP_API_recv);
  return MP_REAL(recv)(descriptor, bytes, count, flags);
}

MP_EXPORT ssize_t recvfrom(int descriptor, void *restrict bytes, size_t count, int flags,
                           struct sockaddr *restrict address, socklen_t *restrict length) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && (flags & MSG_DONTWAIT) == 0) mp_refuse_waiting(sim, descriptor, MP_API_recv);
  return MP_REAL(recvfrom)(descriptor, bytes, count, flags, address, length);
}

MP_EXPORT ssize_t recvmsg(int descriptor, struct msghdr *message, int flags) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && (flags & MSG_DONTWAIT) == 0) mp_refuse_waiting(sim, descriptor, MP_API_recv);
  return MP_REAL(recvmsg)(descriptor, message, flags);
}

MP_INTERPOSERS_END
