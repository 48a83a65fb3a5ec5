//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What the production side needs that is a machine instruction, and not to be had in Swift.

#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// CRC-32C (Castagnoli) of bytes that follow others with the checksum `previous`; 0 if none do. By the processor's
/// instruction, where it has one.
uint32_t mp_crc32c(uint32_t previous, const void *bytes, size_t count);
/// The same without that instruction.
uint32_t mp_crc32c_portable(uint32_t previous, const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif
