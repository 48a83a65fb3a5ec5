//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What the files of the decision engine share.

#pragma once
#include "MoonpoolDecisions.h"

/// From 64-bit keys, which are hashes already, to indices: open addressing, linear probing, at most half full.
typedef struct mp_key_map {
  struct {
    uint64_t key;
    uint64_t index_plus_one;
  } *slots;
  uint32_t mask, used;
} mp_key_map;

enum { MP_STREAMS_PER_CHUNK = 64, MP_NO_INDEX = UINT32_MAX };

/// Streams live in chunks, so that their addresses never change. Chunks outlive their owner (see `mp_stream`).
typedef struct mp_stream_chunk {
  mp_stream streams[MP_STREAMS_PER_CHUNK];
  struct mp_stream_chunk *next_free;
} mp_stream_chunk;

typedef struct mp_decisions_slow {
  // The table of streams.
  mp_stream_chunk **chunks;
  size_t *name_offsets;   // by stream index; 0 is the empty name
  uint32_t chunk_count, chunk_capacity, stream_count;
  char *names;
  size_t name_bytes, name_capacity;
  mp_key_map by_key;

  // Breakpoints. `reseed_at` is the number of the first decision under the next seed.
  mp_breakpoint *breakpoints;
  size_t breakpoint_count, breakpoint_capacity, next_breakpoint;
  uint64_t reseed_at;

  // Edits. `edit_at` is the number of the next decision to change.
  mp_edit *edits;
  size_t edit_count, edit_capacity, next_edit;
  uint64_t edit_at;

  // Rules for streams, and the rule of each stream by its index, or -1.
  mp_stream_rule *rules;
  size_t rule_count, rule_capacity;
  int32_t *rule_of;
  size_t rule_of_capacity;

  // Recording.
  mp_decision *recording;
  size_t recorded, recording_capacity;
  bool is_recording;

  // The log that the run follows. Lenient: the entries of log stream s are
  // order[starts[s]..<starts[s + 1]], and log_streams[i] is the log's index of this run's stream i.
  mp_follow mode;
  mp_decision *log;
  size_t log_count, log_capacity;
  uint64_t *log_keys;
  size_t log_key_count, log_key_capacity;
  mp_key_map log_by_key;
  size_t *order, order_capacity;
  size_t *starts, starts_capacity;
  uint32_t *log_streams;
  size_t log_stream_capacity;
  mp_divergence divergence;
  void (*on_divergence)(void *);
  void *divergence_argument;
} mp_decisions_slow;

/// Makes room for `needed` elements of `size` bytes; doubles. Ends the process when there is no memory.
void *mp_reserve(void *array, size_t *capacity, size_t needed, size_t size);

uint32_t mp_key_map_find(const mp_key_map *map, uint64_t key);
/// `key` must not be there yet.
void mp_key_map_insert(mp_key_map *map, uint64_t key, uint32_t index);
void mp_key_map_clear(mp_key_map *map);

/// Seeds a stream from the seed in force, or from its rule's.
void mp_stream_reseed(mp_stream *stream);
/// The rule of a stream, or NULL.
const mp_stream_rule *mp_stream_rule_of(const mp_decisions_slow *s, const mp_stream *stream);
/// Looks up the rule of a stream that has been made.
void mp_decisions_find_rule(mp_decisions_slow *s, const mp_stream *stream, const char *name);
/// Forgets breakpoints, edits, recording and log, and keeps the memory.
void mp_decisions_unwatch(mp_decisions *d);
/// Tells the log that a stream has been made.
void mp_decisions_follow_stream(mp_decisions_slow *s, const mp_stream *stream);
