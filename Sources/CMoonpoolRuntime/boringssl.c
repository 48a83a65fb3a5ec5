//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// BoringSSL's own generator (swift-crypto's P-256, Curve25519 and RSA keys and signatures, swift-nio-ssl). It is seeded
// from entropy once per thread and kept in thread-specific data, so that on a thread that runs several simulations the
// second would go on with the generator of the first. Two things make every simulation start alike:
//
// - The thread-specific data of BoringSSL is given back at the start of a simulation, exactly as at the end of a
// thread: the
//   value is cleared and the destructor that BoringSSL itself registered for its key is called. No private layout is
//   used. Which keys are BoringSSL's is told by the name of that destructor, whatever prefix a package has given its
//   copy.
// - RDRAND is switched off. On Intel machines BoringSSL mixes the processor's random numbers into every call, and no
//   interposer sees an instruction.
//
// The rest is in interpose_entropy.c: no page that is wiped on fork, and no draw for the question whether getrandom
// exists.

#include "interpose.h"
#include "symbols.h"
#include <limits.h>
#include <pthread.h>
#include <string.h>

MP_INTERPOSERS_BEGIN

typedef void (*mp_destructor)(void *);
enum { MP_KEY_COUNT = PTHREAD_KEYS_MAX };

// Indexed by key. `mp_key_is_boringssl` says what the search for the name of the destructor found.
static _Atomic(mp_destructor) mp_key_destructors[MP_KEY_COUNT];
static _Atomic(mp_destructor) mp_key_classified[MP_KEY_COUNT];
static _Atomic(bool) mp_key_is_boringssl[MP_KEY_COUNT];
static _Atomic(unsigned) mp_key_end;

MP_EXPORT int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
  int result = MP_REAL(pthread_key_create)(key, destructor);
  if (result != 0 || *key >= MP_KEY_COUNT) return result;
  mp_key_destructors[*key] = destructor;
  unsigned end = mp_key_end;
  while (end <= *key &&
         !__c11_atomic_compare_exchange_weak(&mp_key_end, &end, *key + 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {}
  return 0;
}

MP_EXPORT int pthread_key_delete(pthread_key_t key) {
  if (key < MP_KEY_COUNT) mp_key_destructors[key] = NULL;
  return MP_REAL(pthread_key_delete)(key);
}

static bool mp_belongs_to_boringssl(unsigned key, mp_destructor destructor) {
  if (mp_key_classified[key] != destructor) {
    // In thread_pthread.cc of BoringSSL: static void thread_local_destructor(void *).
    const char *name = mp_symbol_raw_name((uintptr_t)destructor);
    mp_key_is_boringssl[key] = name != NULL && strstr(name, "thread_local_destructor") != NULL;
    mp_key_classified[key] = destructor;
  }
  return mp_key_is_boringssl[key];
}

static void mp_forget_boringssl_state(void) {
  unsigned end = mp_key_end;
  for (unsigned key = 0; key < end; key++) {
    mp_destructor destructor = mp_key_destructors[key];
    if (destructor == NULL) continue;
    void *value = pthread_getspecific(key);
    if (value == NULL || !mp_belongs_to_boringssl(key, destructor)) continue;
    pthread_setspecific(key, NULL);
    destructor(value);
  }
}

#if defined(__x86_64__)

static bool mp_ends_with(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

// Every copy of BoringSSL has a function that determines the processor's abilities, once, and the table that it fills:
// [PREFIX_]OPENSSL_get_ia32cap and [PREFIX_]OPENSSL_ia32cap_P, as C symbols or (mangled) in a C++ namespace.

/// The first call of the function fills the table; it would undo our change later.
static void mp_fill_abilities(const char *name, uintptr_t address, void *context) {
  (void)context;
  if (mp_ends_with(name, "OPENSSL_get_ia32cap") || mp_ends_with(name, "OPENSSL_get_ia32capEi"))
    ((uint32_t (*)(int))address)(0);
}

static void mp_clear_rdrand(const char *name, uintptr_t address, void *context) {
  (void)context;
  enum { MP_WORD = 1, MP_RDRAND = 1 << 30 };
  bool is_table = mp_ends_with(name, "OPENSSL_ia32cap_P") || mp_ends_with(name, "OPENSSL_ia32cap_PE");
  if (is_table) ((uint32_t *)address)[MP_WORD] &= ~(uint32_t)MP_RDRAND;
}

static void mp_disable_rdrand_everywhere(void) {
  mp_symbols_matching("OPENSSL_get_ia32cap", mp_fill_abilities, NULL);
  mp_symbols_matching("OPENSSL_ia32cap_P", mp_clear_rdrand, NULL);
}

#else
static void mp_disable_rdrand_everywhere(void) {}
#endif

static pthread_once_t mp_rdrand_once = PTHREAD_ONCE_INIT;

void mp_rand_begin_simulation(void);

void mp_entropy_begin_simulation(void) {
  mp_sim *sim = mp_step_outside();
  pthread_once(&mp_rdrand_once, mp_disable_rdrand_everywhere);
  mp_forget_boringssl_state();
  mp_rand_begin_simulation();
  mp_step_back(sim);
}

MP_INTERPOSERS_END
