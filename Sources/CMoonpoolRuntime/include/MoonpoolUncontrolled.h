//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#pragma once

/// What a simulation cannot control. One per line of MoonpoolUncontrolled.def.
typedef enum mp_api {
#define MP_API(identifier, name, advice) MP_API_##identifier,
#include "MoonpoolUncontrolled.def"
#undef MP_API
  MP_API_COUNT
} mp_api;

/// The name that people know it by, such as "pthread_create".
const char *mp_api_name(mp_api api);
/// What to do instead, as half a sentence.
const char *mp_api_advice(mp_api api);
