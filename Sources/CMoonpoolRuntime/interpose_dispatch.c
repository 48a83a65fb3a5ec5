//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// libdispatch by its entry points. With the dynamic standard library every caller reaches them through slots of its own
// object (the GOT), and those are pointed at the functions below: exact names in reports, and nothing is missed because
// a worker happened to be awake. libdispatch's own slots are left alone.
//
// Why not define dispatch_async and so on, as for libc: with the static library that is either a duplicate symbol or
// (weak) keeps parts of libdispatch.a from being linked, and calls jump to NULL. There this guard finds nothing to
// patch, and pthread_create, sem_post and the like (interpose_threads.c) see the same calls later and less exactly.
//
// Refused work is dropped: the run has already failed, and running the block on another thread would touch the
// simulation's objects concurrently.

#include "interpose.h"
#include "dispatch_slots.h"
#include <pthread.h>

MP_INTERPOSERS_BEGIN

#define MP_DISPATCH_TIME_NOW 0ull

static bool mp_allow_dispatch(mp_api api) {
  mp_sim *sim = mp_tls_sim;
  return MP_LIKELY(sim == NULL) || mp_uncontrolled(sim, api);
}

// The real functions, filled in by mp_dispatch_guard_install. Order as in mp_dispatch_hooks.
enum {
  MP_REAL_async,
  MP_REAL_async_f,
  MP_REAL_barrier_async,
  MP_REAL_barrier_async_f,
  MP_REAL_group_async,
  MP_REAL_group_async_f,
  MP_REAL_group_notify,
  MP_REAL_group_notify_f,
  MP_REAL_block_notify,
  MP_REAL_after,
  MP_REAL_after_f,
  MP_REAL_apply,
  MP_REAL_apply_f,
  MP_REAL_sync,
  MP_REAL_sync_f,
  MP_REAL_barrier_sync,
  MP_REAL_barrier_sync_f,
  MP_REAL_async_and_wait,
  MP_REAL_async_and_wait_f,
  MP_REAL_semaphore_wait,
  MP_REAL_group_wait,
  MP_REAL_block_wait,
  MP_REAL_source_create,
  MP_REAL_io_create,
  MP_REAL_io_create_with_path,
  MP_REAL_main,
  MP_REAL_COUNT
};
static void *mp_real_dispatch[MP_REAL_COUNT];

#define MP_CALL(name, result, types) ((result(*) types)mp_real_dispatch[MP_REAL_##name])

/// Work for another thread, now or later: report it, and drop it unless it is allowed. What is allowed includes what
/// the library does for it: to start a thread, or to wake one, which depends on how many happen to be idle.
#define MP_WORK(name, api, parameters, types, arguments)                                                               \
  static void mp_dispatch_##name parameters {                                                                          \
    if (!mp_allow_dispatch(api)) return;                                                                               \
    mp_sim *sim = mp_step_outside();                                                                                   \
    MP_CALL(name, void, types) arguments;                                                                              \
    mp_step_back(sim);                                                                                                 \
  }

MP_WORK(async, MP_API_dispatch_async, (void *queue, void *block), (void *, void *), (queue, block))
MP_WORK(async_f, MP_API_dispatch_async, (void *queue, void *context, void *work), (void *, void *, void *),
        (queue, context, work))
MP_WORK(barrier_async, MP_API_dispatch_async, (void *queue, void *block), (void *, void *), (queue, block))
MP_WORK(barrier_async_f, MP_API_dispatch_async, (void *queue, void *context, void *work), (void *, void *, void *),
        (queue, context, work))
MP_WORK(group_async, MP_API_dispatch_async, (void *group, void *queue, void *block), (void *, void *, void *),
        (group, queue, block))
MP_WORK(group_async_f, MP_API_dispatch_async, (void *group, void *queue, void *context, void *work),
        (void *, void *, void *, void *), (group, queue, context, work))
MP_WORK(group_notify, MP_API_dispatch_async, (void *group, void *queue, void *block), (void *, void *, void *),
        (group, queue, block))
MP_WORK(group_notify_f, MP_API_dispatch_async, (void *group, void *queue, void *context, void *work),
        (void *, void *, void *, void *), (group, queue, context, work))
MP_WORK(block_notify, MP_API_dispatch_async, (void *block, void *queue, void *notification), (void *, void *, void *),
        (block, queue, notification))
MP_WORK(after, MP_API_dispatch_after, (uint64_t when, void *queue, void *block), (uint64_t, void *, void *),
        (when, queue, block))
MP_WORK(after_f, MP_API_dispatch_after, (uint64_t when, void *queue, void *context, void *work),
        (uint64_t, void *, void *, void *), (when, queue, context, work))

// concurrentPerform promises that all iterations have run when it returns, in any order. One after the other on this
// thread is such an order, so it needs no refusal.

/// What a block looks like to its caller: the function is in the third word.
typedef struct {
  void *isa;
  int flags, reserved;
  void (*invoke)(void *block, size_t iteration);
} mp_block;

static void mp_dispatch_apply(size_t iterations, void *queue, void *block) {
  if (MP_LIKELY(mp_tls_sim == NULL)) {
    MP_CALL(apply, void, (size_t, void *, void *))(iterations, queue, block);
    return;
  }
  for (size_t i = 0; i < iterations; i++) ((mp_block *)block)->invoke(block, i);
}

static void mp_dispatch_apply_f(size_t iterations, void *queue, void *context, void (*work)(void *, size_t)) {
  if (MP_LIKELY(mp_tls_sim == NULL)) {
    MP_CALL(apply_f, void, (size_t, void *, void *, void *))(iterations, queue, context, (void *)work);
    return;
  }
  for (size_t i = 0; i < iterations; i++) work(context, i);
}

// queue.sync runs its block on this thread. On a private queue it is a lock, and like a mutex it stays untouched: only
// work from outside the simulation could occupy the queue. The main queue belongs to another thread: waiting for it is
// refused.

static void *mp_main_queue;

static void mp_refuse_main_queue(void *queue) {
  mp_sim *sim = mp_tls_sim;
  if (MP_UNLIKELY(sim != NULL) && queue == mp_main_queue) mp_uncontrolled_blocking(sim, MP_API_dispatch_main_sync);
}

#define MP_SYNC(name)                                                                                                  \
  static void mp_dispatch_##name(void *queue, void *block) {                                                           \
    mp_refuse_main_queue(queue);                                                                                       \
    MP_CALL(name, void, (void *, void *))(queue, block);                                                               \
  }
#define MP_SYNC_F(name)                                                                                                \
  static void mp_dispatch_##name(void *queue, void *context, void *work) {                                             \
    mp_refuse_main_queue(queue);                                                                                       \
    MP_CALL(name, void, (void *, void *, void *))(queue, context, work);                                               \
  }
MP_SYNC(sync)
MP_SYNC_F(sync_f)
MP_SYNC(barrier_sync)
MP_SYNC_F(barrier_sync_f)
MP_SYNC(async_and_wait)
MP_SYNC_F(async_and_wait_f)

/// Waits that may be over already: asked without waiting first, refused only if they would wait.
#define MP_WAIT(name, api)                                                                                             \
  static long mp_dispatch_##name(void *object, uint64_t timeout) {                                                     \
    mp_sim *sim = mp_tls_sim;                                                                                          \
    if (MP_UNLIKELY(sim != NULL)) {                                                                                    \
      long timed_out = MP_CALL(name, long, (void *, uint64_t))(object, MP_DISPATCH_TIME_NOW);                          \
      if (timed_out == 0 || timeout == MP_DISPATCH_TIME_NOW) return timed_out;                                         \
      mp_uncontrolled_blocking(sim, api);                                                                              \
    }                                                                                                                  \
    return MP_CALL(name, long, (void *, uint64_t))(object, timeout);                                                   \
  }
MP_WAIT(semaphore_wait, MP_API_dispatch_semaphore_wait)
MP_WAIT(group_wait, MP_API_dispatch_group_wait)
MP_WAIT(block_wait, MP_API_dispatch_block_wait)

// Sources and channels are reported when they are made, which is where the program's own code is on the stack. Made all
// the same: callers do not expect NULL.

static void *mp_dispatch_source_create(void *type, uintptr_t handle, uintptr_t mask, void *queue) {
  (void)mp_allow_dispatch(MP_API_dispatch_source);
  return MP_CALL(source_create, void *, (void *, uintptr_t, uintptr_t, void *))(type, handle, mask, queue);
}

static void *mp_dispatch_io_create(unsigned long type, int descriptor, void *queue, void *cleanup) {
  (void)mp_allow_dispatch(MP_API_dispatch_io);
  return MP_CALL(io_create, void *, (unsigned long, int, void *, void *))(type, descriptor, queue, cleanup);
}

static void *mp_dispatch_io_create_with_path(unsigned long type, const char *path, int flags, unsigned mode,
                                             void *queue, void *cleanup) {
  (void)mp_allow_dispatch(MP_API_dispatch_io);
  return MP_CALL(io_create_with_path, void *,
                 (unsigned long, const char *, int, unsigned, void *, void *))(type, path, flags, mode, queue, cleanup);
}

static void mp_dispatch_main(void) {
  if (MP_UNLIKELY(mp_tls_sim != NULL)) mp_uncontrolled_blocking(mp_tls_sim, MP_API_dispatch_main);
  MP_CALL(main, void, (void))();
}

#define MP_HOOK(name) {"dispatch_" #name, (void *)mp_dispatch_##name, &mp_real_dispatch[MP_REAL_##name]}
static const mp_slot_hook mp_dispatch_hooks[] = {
    MP_HOOK(async),
    MP_HOOK(async_f),
    MP_HOOK(barrier_async),
    MP_HOOK(barrier_async_f),
    MP_HOOK(group_async),
    MP_HOOK(group_async_f),
    MP_HOOK(group_notify),
    MP_HOOK(group_notify_f),
    MP_HOOK(block_notify),
    MP_HOOK(after),
    MP_HOOK(after_f),
    MP_HOOK(apply),
    MP_HOOK(apply_f),
    MP_HOOK(sync),
    MP_HOOK(sync_f),
    MP_HOOK(barrier_sync),
    MP_HOOK(barrier_sync_f),
    MP_HOOK(async_and_wait),
    MP_HOOK(async_and_wait_f),
    MP_HOOK(semaphore_wait),
    MP_HOOK(group_wait),
    MP_HOOK(block_wait),
    MP_HOOK(source_create),
    MP_HOOK(io_create),
    MP_HOOK(io_create_with_path),
    MP_HOOK(main),
};
_Static_assert(sizeof mp_dispatch_hooks / sizeof *mp_dispatch_hooks == MP_REAL_COUNT, "one hook for each function");

static pthread_once_t mp_install_once = PTHREAD_ONCE_INIT;
static int mp_slots;

static void mp_install(void) {
  mp_main_queue = dlsym(RTLD_DEFAULT, "_dispatch_main_q");
  mp_slots = mp_slots_patch("libdispatch.so", mp_dispatch_hooks, MP_REAL_COUNT);
}

bool mp_dispatch_guard_install(void) {
  pthread_once(&mp_install_once, mp_install);
  return mp_slots > 0;
}

int mp_dispatch_guard_slots(void) { return mp_slots; }

MP_INTERPOSERS_END
