//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Errors that simulated code throws. Swift Testing asks the runtime to be told of each error in the process, and keeps
// a backtrace of it until the test ends. In a simulation errors are everyday: a thousand seeds of a cluster under
// faults throw millions, which would take minutes and gigabytes. So those of simulations are not told.

#include "core.h"
#include <stdatomic.h>

typedef void (*untyped_handler)(void *error);
typedef void (*typed_handler)(void *value, const void *type, const void *conformance);

// Variables of the standard library, atomic there. Absent from other versions: then everybody is told.
extern _Atomic(untyped_handler) _swift_willThrow __attribute__((weak));
extern _Atomic(typed_handler) _swift_willThrowTypedImpl __attribute__((weak));

static _Atomic(untyped_handler) untyped_listener;
static _Atomic(typed_handler) typed_listener;

static inline bool is_simulated(void) {
  if (!mp_tls_sim) return false;
  mp_tls_sim->rest->untold_errors++;
  return true;
}

static void untyped_throw(void *error) {
  if (!is_simulated()) atomic_load(&untyped_listener)(error);
}

static void typed_throw(void *value, const void *type, const void *conformance) {
  if (!is_simulated()) atomic_load(&typed_listener)(value, type, conformance);
}

void mp_errors_stay_inside(void) {
  if (&_swift_willThrow) {
    untyped_handler listener = atomic_load(&_swift_willThrow);
    // The listener is known before it can be needed. It never changes: whoever comes later calls us.
    if (listener && !atomic_load(&untyped_listener)) {
      atomic_store(&untyped_listener, listener);
      atomic_compare_exchange_strong(&_swift_willThrow, &listener, untyped_throw);
    }
  }
  if (&_swift_willThrowTypedImpl) {
    typed_handler listener = atomic_load(&_swift_willThrowTypedImpl);
    if (listener && !atomic_load(&typed_listener)) {
      atomic_store(&typed_listener, listener);
      atomic_compare_exchange_strong(&_swift_willThrowTypedImpl, &listener, typed_throw);
    }
  }
}

uint64_t mp_sim_untold_errors(const mp_sim *sim) { return sim->rest->untold_errors; }
