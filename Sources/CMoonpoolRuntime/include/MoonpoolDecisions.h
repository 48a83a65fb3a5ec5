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
// A stream is named by text, `domain` or `domain/argument`: "scheduling", "entropy/3", "workload/orders". Its key
// is one SplitMix64 output of the FNV-1a hash (64 bits) of that text's UTF-8 bytes, so that a name is all that a
// log has to keep.
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

/// One keyed stream of decisions, one cache line. The memory of a stream is never given back to the system: a
/// handle that outlives its simulation finds another `generation` here, never an unmapped page.
typedef struct mp_stream {
  uint64_t state[4];
  uint64_t key;   ///< hash of the stream's name; what the seed is mixed with
  struct mp_decisions *owner;
  uint64_t drawn;        ///< decisions drawn from this stream so far
  uint32_t index;        ///< position in the owner's table: the order of first use
  uint32_t generation;   ///< changes when the simulation that the stream belongs to ends
} mp_stream;

/// The decision state of one run. The hot part is first.
typedef struct mp_decisions {
  uint64_t count;       ///< the odometer: decisions made so far, over all streams
  uint64_t attention;   ///< at this count (1-based) the slow path is taken; UINT64_MAX when nothing is watched
  uint64_t seed;        ///< the seed in force (changes with the first decision after a breakpoint)
  struct mp_decisions_slow *slow;   ///< log, replay, breakpoints, edits, stream table
  uint32_t context;                 ///< birth number of the task that is running, 0 for none; written by the core
  uint32_t reseeds;                 ///< breakpoints crossed so far
} mp_decisions;

static inline uint64_t mp_rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t mp_splitmix64(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// The first output of SplitMix64 started at `x`: a bijection on 64 bits.
static inline uint64_t mp_mix64(uint64_t x) { return mp_splitmix64(&x); }

static inline uint64_t mp_xoshiro256ss(uint64_t s[4]) {
  uint64_t result = mp_rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = mp_rotl(s[3], 45);
  return result;
}

/// Where the hash of a stream's name starts (FNV-1a, 64 bits).
static inline uint64_t mp_name_hash_begin(void) { return 0xcbf29ce484222325ull; }
static inline uint64_t mp_name_hash_append(uint64_t hash, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ull;
  return hash;
}
static inline uint64_t mp_name_hash_key(uint64_t hash) { return mp_mix64(hash); }

/// The key of the stream with this name.
static inline uint64_t mp_stream_key(const char *name, size_t count) {
  return mp_name_hash_key(mp_name_hash_append(mp_name_hash_begin(), name, count));
}

/// Where the SplitMix64 starts whose first four outputs are a stream's initial state.
static inline uint64_t mp_stream_seed(uint64_t seed, uint64_t key) { return mp_mix64(mp_mix64(seed) ^ key); }

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

// MARK: - Life and streams (decisions.c)

/// Makes an empty state with seed 0. Never returns NULL: running out of memory ends the process with a message.
mp_decisions *mp_decisions_create(void);
/// Ends the run and gives everything back, except that the streams' memory is kept for the next state.
void mp_decisions_destroy(mp_decisions *d);
/// Ends the run, if any, and begins another: odometer 0, no streams, nothing watched. Keeps its memory.
void mp_decisions_reset(mp_decisions *d, uint64_t seed);

/// The stream with this key, made (and seeded from the seed in force) if it does not exist yet. `name` is copied
/// when the stream is made; NULL for a stream without a name. The address is good until the run ends.
mp_stream *mp_decisions_stream(mp_decisions *d, uint64_t key, const char *name);
/// The stream with this key, or NULL.
mp_stream *mp_decisions_find(mp_decisions *d, uint64_t key);
/// The stream called `domain`, whose key this computes.
mp_stream *mp_decisions_stream_named(mp_decisions *d, const char *domain);
/// The stream called `domain/number`, whose key this computes.
mp_stream *mp_decisions_stream_numbered(mp_decisions *d, const char *domain, uint64_t number);
uint32_t mp_decisions_stream_count(const mp_decisions *d);
mp_stream *mp_decisions_stream_at(const mp_decisions *d, uint32_t index);
/// The name that a stream was made with, "" if none. Good until the next stream is made.
const char *mp_decisions_stream_name(const mp_decisions *d, uint32_t index);

// MARK: - Watching (decisions_watch.c)

/// When `count` decisions have been made since the previous breakpoint (or the start), every stream, existing or
/// future, is seeded afresh from `seed`.
typedef struct mp_breakpoint {
  uint64_t count, seed;
} mp_breakpoint;
/// Decision `number` (1-based odometer) takes `value`, at most its bound - 1.
typedef struct mp_edit {
  uint64_t number, value;
} mp_edit;
/// What is changed in one stream, or in all streams of one domain, by its name.
typedef struct mp_stream_rule {
  const char *name;
  uint64_t zero_from;   ///< from this decision of the stream on (1-based) its values are 0; UINT64_MAX: never
  bool has_seed;        ///< it is seeded from `seed`, whatever the run's seed and breakpoints are
  uint64_t seed;
} mp_stream_rule;
/// One decision as it was made. `stream` is an index into the table of streams that goes with the log.
typedef struct mp_decision {
  uint32_t stream, context;
  uint64_t bound, value;
} mp_decision;

typedef enum mp_follow {
  MP_FOLLOW_NONE,
  MP_FOLLOW_COMPARE,   ///< values from the generators; stream, bound, value and context must be the log's
  MP_FOLLOW_STRICT,    ///< values from the log; stream, bound and context must be the log's
  MP_FOLLOW_PREFIX,    ///< as strict, and past the end of the log the generators go on
  MP_FOLLOW_LENIENT,   ///< values from the log, stream by stream, reduced into the bound; nothing is checked
} mp_follow;

/// Where a run left the log that it follows.
typedef struct mp_divergence {
  uint64_t number;                 ///< of the decision, 1-based; 0: no divergence
  bool has_expected, has_actual;   ///< false past the end of the log, or of the run
  mp_decision expected, actual;    ///< `stream` is an index into the log's table, or the run's
} mp_divergence;

/// Call these between `mp_decisions_reset` and the first decision. What they are given is copied.
void mp_decisions_set_breakpoints(mp_decisions *d, const mp_breakpoint *breakpoints, size_t count);
/// `edits` in ascending order of their numbers, no number twice.
void mp_decisions_set_edits(mp_decisions *d, const mp_edit *edits, size_t count);
/// Of two rules for a stream the first counts.
void mp_decisions_set_rules(mp_decisions *d, const mp_stream_rule *rules, size_t count);
void mp_decisions_set_recording(mp_decisions *d, bool on);
/// `keys` is the table that the entries' `stream` indexes. `on_divergence` (or NULL) is called once, after the
/// decision is complete; if it returns, the run goes on unwatched.
void mp_decisions_set_follow(mp_decisions *d, mp_follow mode, const mp_decision *entries, size_t count,
                             const uint64_t *keys, uint32_t key_count, void (*on_divergence)(void *), void *argument);

/// The recording so far. Good until the next decision.
const mp_decision *mp_decisions_recording(const mp_decisions *d, size_t *count);
/// To be called when the run has ended: a run that is shorter than its log has diverged too.
const mp_divergence *mp_decisions_finish(mp_decisions *d);

#ifdef __cplusplus
}
#endif
