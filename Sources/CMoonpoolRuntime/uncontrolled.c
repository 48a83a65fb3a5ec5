//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Names and advice of what cannot be controlled, from the one list.

#include "MoonpoolUncontrolled.h"

static const struct {
  const char *name, *advice;
} mp_api_table[MP_API_COUNT] = {
#define MP_API(identifier, name, advice) {name, advice},
#include "MoonpoolUncontrolled.def"
#undef MP_API
};

const char *mp_api_name(mp_api api) { return (unsigned)api < MP_API_COUNT ? mp_api_table[api].name : ""; }

const char *mp_api_advice(mp_api api) { return (unsigned)api < MP_API_COUNT ? mp_api_table[api].advice : ""; }
