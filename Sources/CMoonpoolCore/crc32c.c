//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#include "CMoonpoolCore.h"
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif
#endif

static uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// MARK: Without an instruction: eight bytes at a time, by a table for each ("slicing-by-8", Kounavis and Berry 2005)

static uint32_t tables[8][256];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void make_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t remainder = byte;
    for (int bit = 0; bit < 8; bit++) remainder = remainder & 1 ? remainder >> 1 ^ 0x82f63b78 : remainder >> 1;
    tables[0][byte] = remainder;
  }
  for (int table = 1; table < 8; table++) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t before = tables[table - 1][byte];
      tables[table][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
}

uint32_t mp_crc32c_portable(uint32_t previous, const void *memory, size_t count) {
  pthread_once(&tables_once, make_tables);
  const uint8_t *bytes = memory;
  uint32_t remainder = ~previous;
  for (; count >= 8; count -= 8, bytes += 8) {
    uint64_t word = word_at(bytes) ^ remainder;   // little-endian, as all that Swift runs on
    remainder = 0;
    for (int i = 0; i < 8; i++) remainder ^= tables[7 - i][word >> 8 * i & 0xff];
  }
  for (; count > 0; count--, bytes++) remainder = remainder >> 8 ^ tables[0][(remainder ^ *bytes) & 0xff];
  return ~remainder;
}

// MARK: With one

#if defined(__x86_64__)

static bool has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t previous, const uint8_t *bytes,
                                                                size_t count) {
  uint64_t remainder = (uint32_t)~previous;
  for (; count >= 8; count -= 8, bytes += 8) remainder = _mm_crc32_u64(remainder, word_at(bytes));
  for (; count > 0; count--, bytes++) remainder = _mm_crc32_u8((uint32_t)remainder, *bytes);
  return ~(uint32_t)remainder;
}

#elif defined(__aarch64__)

static bool has_instruction(void) {
#if defined(__linux__)
  return getauxval(AT_HWCAP) & HWCAP_CRC32;
#else
  return true;   // all processors of Apple's
#endif
}

__attribute__((target("crc"))) static uint32_t by_instruction(uint32_t previous, const uint8_t *bytes, size_t count) {
  uint32_t remainder = ~previous;
  for (; count >= 8; count -= 8, bytes += 8) remainder = __crc32cd(remainder, word_at(bytes));
  for (; count > 0; count--, bytes++) remainder = __crc32cb(remainder, *bytes);
  return ~remainder;
}

#else

static bool has_instruction(void) { return false; }

static uint32_t by_instruction(uint32_t previous, const uint8_t *bytes, size_t count) {
  return mp_crc32c_portable(previous, bytes, count);
}

#endif

uint32_t mp_crc32c(uint32_t previous, const void *bytes, size_t count) {
  static int known;   // 0: not yet; threads that ask at once find the same
  int what = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (what == 0) {
    what = has_instruction() ? 1 : 2;
    __atomic_store_n(&known, what, __ATOMIC_RELAXED);
  }
  return what == 1 ? by_instruction(previous, bytes, count) : mp_crc32c_portable(previous, bytes, count);
}
