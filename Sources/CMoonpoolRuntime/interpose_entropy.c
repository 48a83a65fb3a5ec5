//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Entropy from the kernel. SystemRandomNumberGenerator (Int.random, shuffled, swift-crypto's symmetric keys and nonces)
// calls the variadic syscall(SYS_getrandom) (interpose_syscall.c), UUID() reads /dev/urandom (interpose_descriptors.c),
// the rest calls libc.

#include "interpose.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

/// Asking for one byte without waiting is how BoringSSL finds out, once per process, whether getrandom exists; it
/// throws the byte away. Answered without a draw: otherwise the first simulation of a process would differ from all
/// others.
static bool mp_is_availability_probe(size_t count, unsigned flags) {
  return count == 1 && (flags & GRND_NONBLOCK) != 0;
}

ssize_t mp_virtual_getrandom(mp_sim *sim, void *bytes, size_t count, unsigned flags) {
  if (mp_is_availability_probe(count, flags)) {
    *(unsigned char *)bytes = 0;
  } else {
    mp_fill_entropy(sim, bytes, count);
  }
  return (ssize_t)count;
}

MP_EXPORT ssize_t getrandom(void *bytes, size_t count, unsigned flags) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(getrandom)(bytes, count, flags);
  return mp_virtual_getrandom(sim, bytes, count, flags);
}

MP_EXPORT int getentropy(void *bytes, size_t count) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL) || count > 256) return MP_REAL(getentropy)(bytes, count);
  mp_fill_entropy(sim, bytes, count);
  return 0;
}

// glibc has arc4random since 2.36. Written without it: the library is also linked on systems where there is none to
// call.

MP_EXPORT void arc4random_buf(void *bytes, size_t count) {
  mp_sim *sim = mp_tls_sim;
  if (sim != NULL) {
    mp_fill_entropy(sim, bytes, count);
    return;
  }
  unsigned char *next = bytes;
  while (count > 0) {
    long got = mp_syscall6(SYS_getrandom, (long)next, (long)count, 0, 0, 0, 0);
    if (got <= 0) continue;   // interrupted by a signal
    next += got;
    count -= (size_t)got;
  }
}

MP_EXPORT uint32_t arc4random(void) {
  uint32_t value;
  arc4random_buf(&value, sizeof value);
  return value;
}

MP_EXPORT uint32_t arc4random_uniform(uint32_t bound) {
  if (bound < 2) return 0;
  uint32_t unfair = -bound % bound, value;
  do value = arc4random();
  while (value < unfair);
  return value % bound;
}

/// Refused in the whole process, not only on simulation threads. With a page that is wiped on fork BoringSSL notices
/// forks and then (a) reseeds in a forked timeline, which makes it differ from its replay, and (b) stops mixing entropy
/// into every call, which would make a run depend on who used BoringSSL first in this process. Without it, as on an old
/// kernel, it asks for entropy at every call, which is as safe and always the same.
MP_EXPORT int madvise(void *address, size_t length, int advice) {
  if (advice == MADV_WIPEONFORK) {
    errno = EINVAL;
    return -1;
  }
  return MP_REAL(madvise)(address, length, advice);
}

MP_INTERPOSERS_END
