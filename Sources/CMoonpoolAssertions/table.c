//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#include "CMoonpoolAssertions.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Sites stay where they are, because literals point at them: they live in blocks.
enum { BLOCK = 64, FIRST_LITERALS = 256, FIRST_INDEX = 64 };

_Thread_local mp_assertions *mp_assertions_current __attribute__((tls_model("initial-exec")));
bool mp_assertions_observed;

typedef struct numbers {
  uint32_t *all;
  size_t count, capacity;
} numbers;

struct mp_assertions_private {
  mp_assertion_site **blocks;
  size_t block_capacity;
  uint32_t site_count;
  mp_assertion_bucket *buckets;
  uint32_t bucket_count;
  size_t bucket_capacity;
  uint32_t *index;   ///< of buckets by content: open addressing, number + 1, 0 is free
  uint64_t index_mask;
  uint64_t literal_count;
  numbers touched_sites, touched_buckets;
};

static void *must(void *memory) {
  if (memory) return memory;
  fputs("Moonpool: no memory for the table of assertions\n", stderr);
  abort();
}

static void *grown(void *array, size_t *capacity, size_t count, size_t size) {
  if (count <= *capacity) return array;
  while (*capacity < count) *capacity = *capacity ? 2 * *capacity : 16;
  return must(realloc(array, *capacity * size));
}

static void append(numbers *list, uint32_t number) {
  list->all = grown(list->all, &list->capacity, list->count + 1, sizeof *list->all);
  list->all[list->count++] = number;
}

// MARK: What was compiled in

// The linker makes these symbols of a section's name.
extern const mp_compiled_site __start_moonpool_sites[] __attribute__((weak, visibility("hidden")));
extern const mp_compiled_site __stop_moonpool_sites[] __attribute__((weak, visibility("hidden")));

const mp_compiled_site *mp_compiled_sites(size_t *count) {
  *count = __start_moonpool_sites ? (size_t)(__stop_moonpool_sites - __start_moonpool_sites) : 0;
  return __start_moonpool_sites;
}

// MARK: life

mp_assertions *mp_assertions_create(void) {
  mp_assertions *table = must(calloc(1, sizeof *table));
  table->rest = must(calloc(1, sizeof *table->rest));
  table->literals = must(calloc(FIRST_LITERALS, sizeof *table->literals));
  table->literal_mask = FIRST_LITERALS - 1;
  table->rest->index = must(calloc(FIRST_INDEX, sizeof *table->rest->index));
  table->rest->index_mask = FIRST_INDEX - 1;
  return table;
}

void mp_assertions_destroy(mp_assertions *table) {
  struct mp_assertions_private *rest = table->rest;
  for (uint32_t i = 0; i < rest->site_count; i += BLOCK) free(rest->blocks[i / BLOCK]);
  free(rest->blocks);
  free(rest->buckets);
  free(rest->index);
  free(rest->touched_sites.all);
  free(rest->touched_buckets.all);
  free(rest);
  free(table->literals);
  free(table);
}

void mp_assertions_observe(bool observed) { __atomic_store_n(&mp_assertions_observed, observed, __ATOMIC_RELAXED); }

// MARK: sites

static mp_assertion_site *site_at(const mp_assertions *table, uint32_t number) {
  return &table->rest->blocks[number / BLOCK][number % BLOCK];
}

uint32_t mp_assertions_site_count(const mp_assertions *table) { return table->rest->site_count; }

const mp_assertion_site *mp_assertions_site(const mp_assertions *table, uint32_t number) {
  return site_at(table, number);
}

static bool same_text(const char *a, size_t a_length, const char *b, size_t b_length) {
  return a_length == b_length && memcmp(a, b, a_length) == 0;
}

/// A literal may have several addresses, such as one for each specialization of a generic function. It happens once for
/// each address that all sites are looked at.
static mp_assertion_site *site_of_content(mp_assertions *table, const mp_assertion_site *wanted) {
  struct mp_assertions_private *rest = table->rest;
  for (uint32_t i = 0; i < rest->site_count; i++) {
    mp_assertion_site *known = site_at(table, i);
    if (known->kind == wanted->kind && known->line == wanted->line &&
        same_text(known->message, known->message_length, wanted->message, wanted->message_length) &&
        same_text(known->file, known->file_length, wanted->file, wanted->file_length))
      return known;
  }
  if (rest->site_count % BLOCK == 0) {
    rest->blocks = grown(rest->blocks, &rest->block_capacity, rest->site_count / BLOCK + 1, sizeof *rest->blocks);
    rest->blocks[rest->site_count / BLOCK] = must(calloc(BLOCK, sizeof **rest->blocks));
  }
  mp_assertion_site *site = site_at(table, rest->site_count);
  *site = *wanted;
  site->number = rest->site_count++;
  return site;
}

static void put_literal(mp_assertions *table, mp_assertion_literal literal) {
  uint64_t at = mp_assertion_hash(literal.message, literal.line_and_kind) & table->literal_mask;
  while (table->literals[at].site) at = (at + 1) & table->literal_mask;
  table->literals[at] = literal;
}

static void grow_literals(mp_assertions *table) {
  mp_assertion_literal *before = table->literals;
  uint64_t count = table->literal_mask + 1;
  table->literals = must(calloc(4 * count, sizeof *table->literals));
  table->literal_mask = 4 * count - 1;
  for (uint64_t i = 0; i < count; i++)
    if (before[i].site) put_literal(table, before[i]);
  free(before);
}

mp_assertion_site *mp_assertion_find_slowly(mp_assertions *table, uint32_t kind, const char *message,
                                            size_t message_length, const char *file, size_t file_length,
                                            uint32_t line) {
  uint64_t line_and_kind = (uint64_t)line << 8 | kind;
  uint64_t at = mp_assertion_hash(message, line_and_kind) & table->literal_mask;
  for (; table->literals[at].site; at = (at + 1) & table->literal_mask) {
    const mp_assertion_literal *known = &table->literals[at];
    if (known->message == message && known->line_and_kind == line_and_kind && known->file == file) return known->site;
  }
  mp_assertion_site wanted = {.kind = kind, .line = line, .message = message, .message_length = message_length,
                              .file = file, .file_length = file_length};
  mp_assertion_site *site = site_of_content(table, &wanted);
  if (4 * ++table->rest->literal_count > table->literal_mask) grow_literals(table);
  put_literal(table, (mp_assertion_literal){message, file, line_and_kind, site});
  return site;
}

// MARK: counting

void mp_assertion_count(mp_assertion_site *site, bool holds) {
  mp_tally *run = &site->run;
  if (run->passes == 0 && run->fails == 0) append(&mp_assertions_current->rest->touched_sites, site->number);
  if (holds) run->passes++;
  else run->fails++;
}

// Of equally many conditions the least mask stays, whichever held first.
void mp_assertion_note(mp_assertion_site *site, int64_t value, uint64_t mask, bool less_is_better) {
  mp_tally *run = &site->run;
  if (run->has_best && value == run->best && mask < run->best_mask) run->best_mask = mask;
  if (run->has_best && !(less_is_better ? value < run->best : value > run->best)) return;
  run->best = value;
  run->best_mask = mask;
  run->has_best = true;
}

// MARK: buckets

const mp_assertion_bucket *mp_assertions_bucket(const mp_assertions *table, uint32_t number) {
  return &table->rest->buckets[number];
}

static uint64_t hash_keys(uint32_t site, const int64_t *keys, uint32_t count) {
  uint64_t h = 0xcbf29ce484222325ull ^ site;
  for (uint32_t i = 0; i < count; i++) {
    h = (h ^ (uint64_t)keys[i]) * 0x9e3779b97f4a7c15ull;
    h ^= h >> 29;
  }
  return h;
}

static void put_bucket(struct mp_assertions_private *rest, uint32_t number) {
  const mp_assertion_bucket *bucket = &rest->buckets[number];
  uint64_t at = hash_keys(bucket->site, bucket->keys, bucket->key_count) & rest->index_mask;
  while (rest->index[at]) at = (at + 1) & rest->index_mask;
  rest->index[at] = number + 1;
}

static void grow_index(struct mp_assertions_private *rest) {
  free(rest->index);
  rest->index_mask = 2 * rest->index_mask + 1;
  rest->index = must(calloc(rest->index_mask + 1, sizeof *rest->index));
  for (uint32_t i = 0; i < rest->bucket_count; i++) put_bucket(rest, i);
}

static mp_assertion_bucket *bucket_of(struct mp_assertions_private *rest, uint32_t site, const int64_t *keys,
                                      uint32_t count) {
  uint64_t at = hash_keys(site, keys, count) & rest->index_mask;
  for (; rest->index[at]; at = (at + 1) & rest->index_mask) {
    mp_assertion_bucket *known = &rest->buckets[rest->index[at] - 1];
    if (known->site == site && known->key_count == count && memcmp(known->keys, keys, count * sizeof *keys) == 0)
      return known;
  }
  rest->buckets = grown(rest->buckets, &rest->bucket_capacity, rest->bucket_count + 1, sizeof *rest->buckets);
  mp_assertion_bucket *bucket = &rest->buckets[rest->bucket_count];
  *bucket = (mp_assertion_bucket){.site = site, .key_count = count};
  memcpy(bucket->keys, keys, count * sizeof *keys);
  put_bucket(rest, rest->bucket_count++);
  if (2 * rest->bucket_count > rest->index_mask) grow_index(rest);
  return bucket;
}

/// Whether a quality is better than another, the most significant value first; of two that are the same as far as both
/// go, the longer one is.
static bool is_better(const int64_t *a, uint32_t a_count, const int64_t *b, uint32_t b_count) {
  for (uint32_t i = 0; i < a_count && i < b_count; i++)
    if (a[i] != b[i]) return a[i] > b[i];
  return a_count > b_count;
}

void mp_assertion_visit(mp_assertion_site *site, const int64_t *keys, uint32_t key_count, const int64_t *quality,
                        uint32_t quality_count) {
  struct mp_assertions_private *rest = mp_assertions_current->rest;
  mp_assertion_bucket *bucket = bucket_of(rest, site->number, keys, key_count);
  bool is_new = bucket->hits++ == 0;
  if (is_new) append(&rest->touched_buckets, (uint32_t)(bucket - rest->buckets));
  if (!is_new && !is_better(quality, quality_count, bucket->quality, bucket->quality_count)) return;
  bucket->quality_count = quality_count;
  memcpy(bucket->quality, quality, quality_count * sizeof *quality);
}

// MARK: runs

const uint32_t *mp_assertions_touched_sites(const mp_assertions *table, size_t *count) {
  *count = table->rest->touched_sites.count;
  return table->rest->touched_sites.all;
}

const uint32_t *mp_assertions_touched_buckets(const mp_assertions *table, size_t *count) {
  *count = table->rest->touched_buckets.count;
  return table->rest->touched_buckets.all;
}

void mp_assertions_begin(mp_assertions *table) {
  struct mp_assertions_private *rest = table->rest;
  for (size_t i = 0; i < rest->touched_sites.count; i++)
    site_at(table, rest->touched_sites.all[i])->run = (mp_tally){0};
  for (size_t i = 0; i < rest->touched_buckets.count; i++) rest->buckets[rest->touched_buckets.all[i]].hits = 0;
  rest->touched_sites.count = rest->touched_buckets.count = 0;
  table->buggify = NULL;
}

void mp_buggify_set(const mp_buggify *buggify) {
  if (mp_assertions_current) mp_assertions_current->buggify = buggify;
}
