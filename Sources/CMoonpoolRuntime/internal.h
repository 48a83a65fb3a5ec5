//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What the parts of CMoonpoolRuntime share. Not visible to Swift.

#pragma once
#include "MoonpoolUncontrolled.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MP_LIKELY(x) __builtin_expect(!!(x), 1)
#define MP_UNLIKELY(x) __builtin_expect(!!(x), 0)

// Our functions lie in one section, so that a stack can be read past them whatever they are called. (Interposers have
// one of their own.)
#pragma clang section text = "moonpool_runtime"

typedef struct mp_sim mp_sim;

/// The simulation whose thread this is, or NULL. The switch of everything: executors, clocks, entropy, refusals.
extern _Thread_local mp_sim *mp_tls_sim __attribute__((tls_model("initial-exec")));

/// What CLOCK_MONOTONIC and CLOCK_BOOTTIME read on this simulation's thread: nanoseconds, for the current node.
uint64_t mp_monotonic_ns(mp_sim *sim);
/// What CLOCK_REALTIME reads on this simulation's thread: nanoseconds since 1970, for the current node.
uint64_t mp_wall_ns(mp_sim *sim);
/// Fills `bytes` from the entropy stream of the node that is running.
void mp_fill_entropy(mp_sim *sim, void *bytes, size_t count);

/// Something that cannot be controlled was called on a simulation thread. True: allowed by the run's allow-list, or the
/// simulation stands aside: go on with the real call. False: the run has been failed (its first such call is reported
/// with the Swift frame that made it); the caller returns an error or lets the real call happen, whichever harms less.
bool mp_uncontrolled(mp_sim *sim, mp_api api);
/// The same for a call that would block the thread and so the whole simulation: returns only when it is allowed;
/// otherwise the run fails and this thread never continues.
void mp_uncontrolled_blocking(mp_sim *sim, mp_api api);
/// A synchronous exit(), _exit() or abort() on a simulation thread is the crash of a node, not the end of the process.
_Noreturn void mp_exit_called(mp_sim *sim, const char *what);
/// A real value was handed out that differs from run to run (CPU time, process id). Counted by kind, in order to
/// explain why a run did not repeat.
void mp_note_real_read(mp_sim *sim, mp_api api);
/// The running job has slept, with permission: its clocks move on by that much before it continues.
void mp_spend_time(mp_sim *sim, uint64_t nanoseconds);
/// Takes a message that the Swift runtime prints before it traps. True when the simulation has kept it for the verdict
/// (then it is not printed).
bool mp_keep_fatal_message(mp_sim *sim, const char *text, size_t count);

/// Leaves the simulation for a call into the real world made by ourselves, on the same thread.
static inline mp_sim *mp_step_outside(void) {
  mp_sim *sim = mp_tls_sim;
  mp_tls_sim = NULL;
  return sim;
}
static inline void mp_step_back(mp_sim *sim) { mp_tls_sim = sim; }

/// Raw system calls, immune to our own interposition. Result as the kernel gives it (-errno on failure).
long mp_syscall6(long number, long a, long b, long c, long d, long e, long f);
/// The same with libc's convention: -1 and errno.
long mp_syscall_errno(long raw);
/// Real monotonic time in nanoseconds, whatever thread this is.
uint64_t mp_real_ns(void);

/// Symbols (symbols.c). Writes the demangled name of the function around `pc`, or "" if unknown. Returns the length.
size_t mp_symbolize(uintptr_t pc, char *buffer, size_t capacity);
/// True for code that is nobody's own: libc, libswift*, libdispatch, Foundation, Moonpool itself.
bool mp_symbol_is_runtime(uintptr_t pc, const char *demangled);
/// The stack of the calling thread; returns how many frames were written.
size_t mp_backtrace(uintptr_t *frames, size_t capacity);
/// Loads the symbol tables ahead of time, because a signal handler must not.
void mp_symbols_prepare(void);

/// Patches the entry points of libdispatch (interpose_dispatch.c). Call it before the first simulation; later calls do
/// nothing. False when there is nothing to patch, as with the static standard library: then what libdispatch does is
/// seen only where it reaches libc.
bool mp_dispatch_guard_install(void);

/// Forgets what the thread has seeded and cached of entropy before. Call it on the simulation's thread at the start of
/// every simulation, before `mp_tls_sim` is set.
void mp_entropy_begin_simulation(void);
