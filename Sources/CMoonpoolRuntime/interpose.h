//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// How an interposer is written. A function of this module with the name of a libc function is linked into the
// executable and so wins over libc for everybody in the process, shared libraries included, with no linker flag. Hence
// the rules:
//
// - Threads without a simulation get the real function, at the price of one thread-local load and one indirect call.
// - Interposers run before any constructor of ours (libswiftCore's initialisers call sysconf): no state that has to be
//   initialised first.
// - No sanitizer instrumentation: the sanitizers call libc, and so us, before they have set themselves up.

#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"
#include <dlfcn.h>
#include <errno.h>
#include <sys/types.h>
#include <time.h>

// All in one section, so that a stack can be read past them although they carry libc's names.
#define MP_EXPORT __attribute__((visibility("default"), used, section("moonpool_interposers")))

#define MP_INTERPOSERS_BEGIN                                                                                           \
  _Pragma("clang attribute push(__attribute__((disable_sanitizer_instrumentation)), apply_to = function)")
#define MP_INTERPOSERS_END _Pragma("clang attribute pop")

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define MP_UNDER_SANITIZER 1
#endif
#endif

/// What we would have called had we not taken its name. Under a sanitizer that is the sanitizer's own interceptor,
/// where it has one: it must go on seeing threads being created and joined. `lookup` is the search for the symbol.
#ifdef MP_UNDER_SANITIZER
#define MP_REAL_BY(function, lookup)                                                                                   \
  ({                                                                                                                   \
    extern __typeof__(function) ___interceptor_##function __attribute__((weak));                                       \
    static __typeof__(&function) mp_found;                                                                             \
    __typeof__(&function) mp_real = __atomic_load_n(&mp_found, __ATOMIC_RELAXED);                                      \
    if (MP_UNLIKELY(mp_real == NULL)) {                                                                                \
      mp_real = &___interceptor_##function != NULL ? &___interceptor_##function : (__typeof__(&function))(lookup);     \
      __atomic_store_n(&mp_found, mp_real, __ATOMIC_RELAXED);                                                          \
    }                                                                                                                  \
    mp_real;                                                                                                           \
  })
#else
#define MP_REAL_BY(function, lookup)                                                                                   \
  ({                                                                                                                   \
    static __typeof__(&function) mp_found;                                                                             \
    __typeof__(&function) mp_real = __atomic_load_n(&mp_found, __ATOMIC_RELAXED);                                      \
    if (MP_UNLIKELY(mp_real == NULL)) {                                                                                \
      mp_real = (__typeof__(&function))(lookup);                                                                       \
      __atomic_store_n(&mp_found, mp_real, __ATOMIC_RELAXED);                                                          \
    }                                                                                                                  \
    mp_real;                                                                                                           \
  })
#endif
#define MP_REAL(function) MP_REAL_BY(function, dlsym(RTLD_NEXT, #function))

/// getrandom on a simulation thread (interpose_entropy.c), for its two callers.
ssize_t mp_virtual_getrandom(mp_sim *sim, void *bytes, size_t count, unsigned flags);
