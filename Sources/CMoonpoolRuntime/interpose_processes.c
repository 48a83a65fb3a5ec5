//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Other processes, and the end of this one.

#include "interpose.h"
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

static bool mp_allow_process(mp_api api) {
  mp_sim *sim = mp_tls_sim;
  return MP_LIKELY(sim == NULL) || mp_uncontrolled(sim, api);
}

MP_EXPORT pid_t fork(void) {
  if (mp_allow_process(MP_API_fork)) return MP_REAL(fork)();
  errno = EAGAIN;
  return -1;
}

MP_EXPORT int posix_spawn(pid_t *restrict process, const char *restrict path, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *restrict attributes, char *const arguments[restrict],
                          char *const environment[restrict]) {
  if (!mp_allow_process(MP_API_posix_spawn)) return EAGAIN;
  return MP_REAL(posix_spawn)(process, path, actions, attributes, arguments, environment);
}

MP_EXPORT int posix_spawnp(pid_t *restrict process, const char *restrict file,
                           const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attributes,
                           char *const arguments[restrict], char *const environment[restrict]) {
  if (!mp_allow_process(MP_API_posix_spawn)) return EAGAIN;
  return MP_REAL(posix_spawnp)(process, file, actions, attributes, arguments, environment);
}

MP_EXPORT int system(const char *command) {
  if (mp_allow_process(MP_API_posix_spawn)) return MP_REAL(system)(command);
  errno = EAGAIN;
  return -1;
}

MP_EXPORT FILE *popen(const char *command, const char *mode) {
  if (mp_allow_process(MP_API_posix_spawn)) return MP_REAL(popen)(command, mode);
  errno = EAGAIN;
  return NULL;
}

MP_EXPORT pid_t wait4(pid_t process, int *status, int options, struct rusage *usage) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && (options & WNOHANG) == 0) {
    pid_t ended = MP_REAL(wait4)(process, status, options | WNOHANG, usage);
    if (ended != 0) return ended;
    mp_uncontrolled_blocking(sim, MP_API_waitpid);
  }
  return MP_REAL(wait4)(process, status, options, usage);
}

MP_EXPORT pid_t waitpid(pid_t process, int *status, int options) { return wait4(process, status, options, NULL); }
MP_EXPORT pid_t wait(int *status) { return wait4(-1, status, 0, NULL); }

MP_EXPORT pid_t getpid(void) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_note_real_read(mp_tls_sim, MP_API_getpid);
  return MP_REAL(getpid)();
}

// The end of the process. On a simulation thread it is the end of a simulated node. abort() is not here: it raises
// SIGABRT, which is handled together with the other ways to crash.

MP_EXPORT _Noreturn void exit(int status) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_exit_called(mp_tls_sim, "exit");
  MP_REAL(exit)(status);
  __builtin_unreachable();
}

MP_EXPORT _Noreturn void _exit(int status) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_exit_called(mp_tls_sim, "_exit");
  MP_REAL(_exit)(status);
  __builtin_unreachable();
}

MP_EXPORT _Noreturn void _Exit(int status) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_exit_called(mp_tls_sim, "_Exit");
  MP_REAL(_Exit)(status);
  __builtin_unreachable();
}

MP_EXPORT _Noreturn void quick_exit(int status) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_exit_called(mp_tls_sim, "quick_exit");
  MP_REAL(quick_exit)(status);
  __builtin_unreachable();
}

MP_INTERPOSERS_END
