//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// std::random_device of C++. libstdc++ prefers the processor's RDSEED and RDRAND, which no interposer sees, but its
// callers reach it through a function of the library. Weak, because a statically linked libstdc++ brings the same
// function, and has to win without a conflict (then C++ entropy is out of control: a known hole).

#include "interpose.h"

MP_INTERPOSERS_BEGIN

/// unsigned std::random_device::_M_getval()
MP_EXPORT __attribute__((weak)) unsigned _ZNSt13random_device9_M_getvalEv(void *device) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(_ZNSt13random_device9_M_getvalEv)(device);
  unsigned value;
  mp_fill_entropy(sim, &value, sizeof value);
  return value;
}

MP_INTERPOSERS_END
