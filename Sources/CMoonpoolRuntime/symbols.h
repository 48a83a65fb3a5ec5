//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Symbol tables of the loaded objects, inside CMoonpoolRuntime. (What core uses of it is in internal.h.)

#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One loaded ELF object.
typedef struct mp_image mp_image;

/// The image that `pc` is in, or NULL. Objects loaded since the last look are picked up.
const mp_image *mp_image_at(uintptr_t pc);
/// Whether it is part of the system or of Swift's libraries.
bool mp_image_is_runtime(const mp_image *image);

/// The mangled name of the function around `pc`, or NULL. Lives as long as the process.
const char *mp_symbol_raw_name(uintptr_t pc);
/// Calls `body` for every function and variable outside the runtime's libraries whose mangled name contains `part`.
void mp_symbols_matching(const char *part, void (*body)(const char *name, uintptr_t address, void *context),
                         void *context);

/// Makes what swift_demangle writes readable: "(1) await resume partial function for App.f(_: Swift.Int) async -> ()"
/// becomes "App.f(_:)". Returns the length.
size_t mp_symbol_simplify(const char *demangled, char *buffer, size_t capacity);
