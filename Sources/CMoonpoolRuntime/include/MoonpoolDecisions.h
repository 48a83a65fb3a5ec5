//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The one source of decisions (ARCHITECTURE, rule 1).
//
// Generator: xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018),
// each stream seeded by four outputs of SplitMix64 (Steele, Lea, Flood, 2014) started at
// `mp_stream_seed(seed, stream key)`. Both are published with test vectors; the output of a stream for a given
// (seed, key) is a contract across versions (Tests/…/DecisionVectorTests.swift).
//
// Everything on the path of one decision is `static inline`, so that Swift and C share one definition and pay
// one comparison for recording, replaying, breakpoints and edits together: `count >= attention`.

#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mp_decisions;

/// One keyed stream of decisions. Lives in `mp_decisions`; the address is stable until the owner is destroyed.
typedef struct mp_stream {
  uint64_t state[4];
  uint64_t key;                ///< hash of the stream's name; what the seed is mixed with
  struct mp_decisions *owner;
  uint64_t drawn;              ///< decisions drawn from this stream so far
  uint32_t index;              ///< position in the owner's table: the order of first use
  uint32_t reserved;
} mp_stream;

/// The decision state of one run. The hot part is first.
typedef struct mp_decisions {
  uint64_t count;              ///< the odometer: decisions made so far, over all streams
  uint64_t attention;          ///< at this count (1-based) the slow path is taken; UINT64_MAX when nothing is watched
  uint64_t seed;               ///< the seed in force (changes at a breakpoint)
  struct mp_decisions_slow *slow;  ///< log, replay, breakpoints, edits, stream table
} mp_decisions;

static inline uint64_t mp_rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t mp_splitmix64(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

static inline uint64_t mp_xoshiro256ss(uint64_t s[4]) {
  uint64_t result = mp_rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3];
  s[2] ^= t; s[3] = mp_rotl(s[3], 45);
  return result;
}

/// Maps a raw 64-bit draw onto 0..<bound by multiplication (Lemire 2019, without rejection, so that one decision
/// is exactly one draw; the bias is at most bound / 2^64). A bound of 0 means the whole 64 bits.
static inline uint64_t mp_scale(uint64_t raw, uint64_t bound) {
  return bound == 0 ? raw : (uint64_t)(((unsigned __int128)raw * bound) >> 64);
}

/// Recording, replaying, breakpoints, edits and the lock-step check. `count` has already been advanced.
uint64_t mp_draw_slow(mp_stream *stream, uint64_t bound);

/// Makes one decision in 0..<bound (bound 0: any 64-bit value).
static inline uint64_t mp_draw(mp_stream *stream, uint64_t bound) {
  mp_decisions *d = stream->owner;
  if (__builtin_expect(++d->count >= d->attention, 0)) return mp_draw_slow(stream, bound);
  stream->drawn++;
  return mp_scale(mp_xoshiro256ss(stream->state), bound);
}

#ifdef __cplusplus
}
#endif
