//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The life of a run's decisions, and its table of streams.

#include "decisions_internal.h"
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void out_of_memory(const char *what, size_t bytes) {
  fprintf(stderr, "moonpool: no memory for %s (%zu bytes)\n", what, bytes);
  abort();
}

void *mp_reserve(void *array, size_t *capacity, size_t needed, size_t size) {
  if (needed <= *capacity) return array;
  size_t grown = *capacity ? *capacity : 16;
  while (grown < needed) grown *= 2;
  array = realloc(array, grown * size);
  if (array == NULL) out_of_memory("the decisions of a run", grown * size);
  *capacity = grown;
  return array;
}

// MARK: - Keys

uint32_t mp_key_map_find(const mp_key_map *map, uint64_t key) {
  if (map->slots == NULL) return MP_NO_INDEX;
  for (uint32_t i = (uint32_t)key & map->mask;; i = (i + 1) & map->mask) {
    if (map->slots[i].index_plus_one == 0) return MP_NO_INDEX;
    if (map->slots[i].key == key) return (uint32_t)(map->slots[i].index_plus_one - 1);
  }
}

static void place(mp_key_map *map, uint64_t key, uint64_t index_plus_one) {
  uint32_t i = (uint32_t)key & map->mask;
  while (map->slots[i].index_plus_one != 0) i = (i + 1) & map->mask;
  map->slots[i].key = key;
  map->slots[i].index_plus_one = index_plus_one;
}

void mp_key_map_insert(mp_key_map *map, uint64_t key, uint32_t index) {
  if (map->slots == NULL || map->used * 2 > map->mask) {
    mp_key_map old = *map;
    uint32_t capacity = old.slots == NULL ? 64 : (old.mask + 1) * 2;
    map->slots = calloc(capacity, sizeof *map->slots);
    if (map->slots == NULL) out_of_memory("a table of streams", capacity * sizeof *map->slots);
    map->mask = capacity - 1;
    for (uint32_t i = 0; old.slots != NULL && i <= old.mask; i++) {
      if (old.slots[i].index_plus_one != 0) place(map, old.slots[i].key, old.slots[i].index_plus_one);
    }
    free(old.slots);
  }
  map->used++;
  place(map, key, (uint64_t)index + 1);
}

void mp_key_map_clear(mp_key_map *map) {
  if (map->used == 0) return;
  memset(map->slots, 0, (map->mask + (size_t)1) * sizeof *map->slots);
  map->used = 0;
}

// MARK: - Chunks of streams

// Chunks that no run owns. Taken and returned under a lock that is held for a few instructions, once per run.
static mp_stream_chunk *free_chunks;
static atomic_flag free_chunks_lock = ATOMIC_FLAG_INIT;

static void lock_chunks(void) {
  while (atomic_flag_test_and_set_explicit(&free_chunks_lock, memory_order_acquire)) {}
}
static void unlock_chunks(void) { atomic_flag_clear_explicit(&free_chunks_lock, memory_order_release); }

static mp_stream_chunk *take_chunk(void) {
  lock_chunks();
  mp_stream_chunk *chunk = free_chunks;
  if (chunk != NULL) free_chunks = chunk->next_free;
  unlock_chunks();
  if (chunk != NULL) return chunk;
  size_t size = (sizeof *chunk + 63) & ~(size_t)63;
  chunk = aligned_alloc(64, size);
  if (chunk == NULL) out_of_memory("streams of decisions", size);
  memset(chunk, 0, size);
  return chunk;
}

static void return_chunk(mp_stream_chunk *chunk) {
  lock_chunks();
  chunk->next_free = free_chunks;
  free_chunks = chunk;
  unlock_chunks();
}

// MARK: - Life

mp_decisions *mp_decisions_create(void) {
  mp_decisions *d = calloc(1, sizeof *d);
  mp_decisions_slow *s = calloc(1, sizeof *s);
  if (d == NULL || s == NULL) out_of_memory("the decisions of a run", sizeof *d + sizeof *s);
  d->slow = s;
  mp_decisions_reset(d, 0);
  return d;
}

void mp_decisions_reset(mp_decisions *d, uint64_t seed) {
  mp_decisions_slow *s = d->slow;
  for (uint32_t i = 0; i < s->stream_count; i++) mp_decisions_stream_at(d, i)->generation++;
  s->stream_count = 0;
  mp_key_map_clear(&s->by_key);
  s->names = mp_reserve(s->names, &s->name_capacity, 256, 1);
  s->names[0] = 0;
  s->name_bytes = 1;
  d->count = 0;
  d->seed = seed;
  d->context = 0;
  d->reseeds = 0;
  mp_decisions_unwatch(d);
}

void mp_decisions_destroy(mp_decisions *d) {
  if (d == NULL) return;
  mp_decisions_reset(d, 0);
  mp_decisions_slow *s = d->slow;
  for (uint32_t i = 0; i < s->chunk_count; i++) return_chunk(s->chunks[i]);
  void *arrays[] = {s->chunks,
                    s->name_offsets,
                    s->names,
                    s->by_key.slots,
                    s->breakpoints,
                    s->edits,
                    s->rules,
                    s->rule_of,
                    s->recording,
                    s->log,
                    s->log_keys,
                    s->log_by_key.slots,
                    s->order,
                    s->starts,
                    s->log_streams,
                    s,
                    d};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
}

// MARK: - Streams

void mp_stream_reseed(mp_stream *stream) {
  const mp_stream_rule *rule = mp_stream_rule_of(stream->owner->slow, stream);
  uint64_t start = mp_stream_seed(rule != NULL && rule->has_seed ? rule->seed : stream->owner->seed, stream->key);
  for (int i = 0; i < 4; i++) stream->state[i] = mp_splitmix64(&start);
}

mp_stream *mp_decisions_stream_at(const mp_decisions *d, uint32_t index) {
  return &d->slow->chunks[index / MP_STREAMS_PER_CHUNK]->streams[index % MP_STREAMS_PER_CHUNK];
}

uint32_t mp_decisions_stream_count(const mp_decisions *d) { return d->slow->stream_count; }

const char *mp_decisions_stream_name(const mp_decisions *d, uint32_t index) {
  return d->slow->names + d->slow->name_offsets[index];
}

mp_stream *mp_decisions_find(mp_decisions *d, uint64_t key) {
  uint32_t index = mp_key_map_find(&d->slow->by_key, key);
  return index == MP_NO_INDEX ? NULL : mp_decisions_stream_at(d, index);
}

static size_t keep_name(mp_decisions_slow *s, const char *name) {
  size_t length = name == NULL ? 0 : strlen(name), offset = s->name_bytes;
  if (length == 0) return 0;
  s->names = mp_reserve(s->names, &s->name_capacity, offset + length + 1, 1);
  memcpy(s->names + offset, name, length + 1);
  s->name_bytes = offset + length + 1;
  return offset;
}

mp_stream *mp_decisions_stream(mp_decisions *d, uint64_t key, const char *name) {
  mp_stream *stream = mp_decisions_find(d, key);
  if (stream != NULL) return stream;
  mp_decisions_slow *s = d->slow;
  uint32_t index = s->stream_count++;
  if (index / MP_STREAMS_PER_CHUNK == s->chunk_count) {
    size_t chunks = s->chunk_capacity, names = chunks * MP_STREAMS_PER_CHUNK;
    s->chunks = mp_reserve(s->chunks, &chunks, s->chunk_count + (size_t)1, sizeof *s->chunks);
    s->name_offsets = mp_reserve(s->name_offsets, &names, chunks * MP_STREAMS_PER_CHUNK, sizeof *s->name_offsets);
    s->chunk_capacity = (uint32_t)chunks;
    s->chunks[s->chunk_count++] = take_chunk();
  }
  mp_key_map_insert(&s->by_key, key, index);
  s->name_offsets[index] = keep_name(s, name);
  stream = mp_decisions_stream_at(d, index);
  stream->key = key;
  stream->owner = d;
  stream->drawn = 0;
  stream->index = index;
  mp_decisions_find_rule(s, stream, name);
  mp_stream_reseed(stream);
  mp_decisions_follow_stream(s, stream);
  return stream;
}

mp_stream *mp_decisions_stream_named(mp_decisions *d, const char *domain) {
  return mp_decisions_stream(d, mp_stream_key(domain, strlen(domain)), domain);
}

mp_stream *mp_decisions_stream_numbered(mp_decisions *d, const char *domain, uint64_t number) {
  char name[128];
  int length = snprintf(name, sizeof name, "%s/%" PRIu64, domain, number);
  if (length < 0 || (size_t)length >= sizeof name) length = sizeof name - 1;
  return mp_decisions_stream(d, mp_stream_key(name, (size_t)length), name);
}
