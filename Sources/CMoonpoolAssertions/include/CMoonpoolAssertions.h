//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The table of assertion sites: what was evaluated how often, in the current run and in all before it.
//
// A table belongs to one thread at a time, so that counting needs no atomic instruction. It grows as it must. Counts of
// the current run are kept apart until it ends: they are what the run's report says, and what a worker of a campaign
// hands to its parent.

#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What was counted at one site.
typedef struct mp_tally {
  uint64_t passes, fails;
  int64_t best;         ///< of a numeric kind the extreme value, of a frontier how many held at a time
  uint64_t best_mask;   ///< of a frontier: which those were
  bool has_best;
} mp_tally;

/// One assertion in the source. Its identity is kind, message, file and line. Texts are literals.
typedef struct mp_assertion_site {
  mp_tally run;   ///< since the current run began
  const char *message, *file;
  size_t message_length, file_length;
  const void *names;   ///< of conditions or keys: the owner's
  uint32_t kind, line, number;
} mp_assertion_site;

enum { MP_BUCKET_KEYS = 8, MP_BUCKET_QUALITIES = 4 };

/// One combination of keys of a site that wants to see each.
typedef struct mp_assertion_bucket {
  uint64_t hits;   ///< since the current run began
  int64_t keys[MP_BUCKET_KEYS];
  int64_t quality[MP_BUCKET_QUALITIES];   ///< the best of the current run's, most significant first
  uint32_t site, key_count, quality_count;
} mp_assertion_bucket;

/// Where a literal's site is: literals are known by their addresses.
typedef struct mp_assertion_literal {
  const char *message, *file;
  uint64_t line_and_kind;
  mp_assertion_site *site;
} mp_assertion_literal;

/// A place in the source that may misbehave on purpose, during one run. The seed arms it or not, once.
typedef struct mp_buggify_site {
  uint64_t visited, fired;
  bool is_armed;
} mp_buggify_site;

/// Where a literal's site is: literals are known by their addresses. A place is a literal and one more than its line; 0
/// for a name.
typedef struct mp_buggify_literal {
  const char *text;
  size_t length;
  uint64_t line;
  mp_buggify_site *site;   ///< NULL in a free entry
} mp_buggify_literal;

/// The places of one run, and who draws for them.
typedef struct mp_buggify mp_buggify;
struct mp_buggify {
  mp_buggify_literal *literals;   ///< open addressing, at most a quarter full
  uint64_t literal_mask, literal_count;
  bool is_on;   ///< while it is not, no place fires, and nothing is drawn or counted
  /// The site of a literal that isn't where its hash says.
  mp_buggify_site *(*find)(const mp_buggify *here, const char *text, size_t length, uint64_t line);
  /// Whether an armed site fires; with a probability of its own unless that is NaN.
  bool (*fires)(const mp_buggify *here, mp_buggify_site *site, double probability);
  /// A number in 0..<bound (0: any of 64 bits) from the site's decisions.
  uint64_t (*draw)(mp_buggify_site *site, uint64_t bound);
  uint64_t least;   ///< draws from this on fire, where a visit brings no probability of its own
  void *context;
};

typedef struct mp_assertions {
  mp_assertion_literal *literals;   ///< open addressing, at most a quarter full
  uint64_t literal_mask;
  const mp_buggify *buggify;   ///< NULL while no place may fire
  struct mp_assertions_private *rest;
} mp_assertions;

/// The table that the calling thread's code counts in; NULL where nobody does.
extern _Thread_local mp_assertions *mp_assertions_current __attribute__((tls_model("initial-exec")));
/// Whether somebody listens to the assertions of threads without a table.
extern bool mp_assertions_observed;

mp_assertions *mp_assertions_create(void);
void mp_assertions_destroy(mp_assertions *table);
/// Begins a run, and forgets what the one before counted, if it was not ended.
void mp_assertions_begin(mp_assertions *table);
/// How many sites are known, and the one with a number.
uint32_t mp_assertions_site_count(const mp_assertions *table);
const mp_assertion_site *mp_assertions_site(const mp_assertions *table, uint32_t number);
/// The numbers of the sites or buckets that the current run has evaluated, in the order of first evaluation.
const uint32_t *mp_assertions_touched_sites(const mp_assertions *table, size_t *count);
const uint32_t *mp_assertions_touched_buckets(const mp_assertions *table, size_t *count);
/// Good until the next bucket is made.
const mp_assertion_bucket *mp_assertions_bucket(const mp_assertions *table, uint32_t number);

static inline void mp_assertions_enter(mp_assertions *table) { mp_assertions_current = table; }
static inline bool mp_assertions_are_observed(void) {
  return __atomic_load_n(&mp_assertions_observed, __ATOMIC_RELAXED);
}
void mp_assertions_observe(bool observed);

mp_assertion_site *mp_assertion_find_slowly(mp_assertions *table, uint32_t kind, const char *message,
                                            size_t message_length, const char *file, size_t file_length, uint32_t line);
/// Counts at the calling thread's table a first or a failed evaluation: what the inline path leaves alone.
void mp_assertion_count(mp_assertion_site *site, bool holds);
/// Notes a value, if it is better than all that this run has seen.
void mp_assertion_note(mp_assertion_site *site, int64_t value, uint64_t mask, bool less_is_better);
/// Counts a combination of keys, and keeps the best quality that this run has met it with.
void mp_assertion_visit(mp_assertion_site *site, const int64_t *keys, uint32_t key_count, const int64_t *quality,
                        uint32_t quality_count);

static inline uint64_t mp_assertion_hash(const char *message, uint64_t line_and_kind) {
  return (((uint64_t)(uintptr_t)message ^ line_and_kind << 20) * 0x9e3779b97f4a7c15ull) >> 32;
}

// MARK: Places that misbehave on purpose

/// Lets places of the calling thread's current run fire; NULL: no more. It must stay where it is meanwhile.
void mp_buggify_set(const mp_buggify *buggify);
/// The calling thread's, while places may fire; else NULL.
static inline const mp_buggify *mp_buggify_here(void) {
  const mp_assertions *table = mp_assertions_current;
  return __builtin_expect(table && table->buggify && table->buggify->is_on, 0) ? table->buggify : NULL;
}

/// The site of a literal: inlined where the literal stands, which leaves a hash of constants and a comparison.
static inline mp_buggify_site *mp_buggify_find(const mp_buggify *here, const char *text, size_t length, uint64_t line) {
  const mp_buggify_literal *literal = &here->literals[mp_assertion_hash(text, line) & here->literal_mask];
  if (__builtin_expect(literal->text == text && literal->length == length && literal->line == line, 1))
    return literal->site;
  return here->find(here, text, length, line);
}

/// Visits a site: whether it fires. One that isn't armed costs no call.
static inline bool mp_buggify_visit(const mp_buggify *here, mp_buggify_site *site, double probability) {
  site->visited++;
  return site->is_armed && here->fires(here, site, probability);
}

// MARK: What was compiled in

/// An assertion that the linker has seen, whether or not anybody ever gets there. Texts are as far from their own
/// fields as these say, so that the record needs no relocation.
typedef struct mp_compiled_site {
  int32_t message, message_length, file, file_length;
  uint32_t line, kind;
} mp_compiled_site;

/// The records of this executable or library; NULL where there are none.
const mp_compiled_site *mp_compiled_sites(size_t *count);

/// Leaves a record of an assertion in the program, and does nothing when it runs.
///
/// It is inlined into the line that makes the claim, where an optimised build knows the literals: the assembler puts
/// them into a section of their own. In other builds, and for texts that come from elsewhere, there is no record.
static inline __attribute__((always_inline)) void mp_assertion_declare(uint32_t kind, const char *message,
                                                                       size_t message_length, const char *file,
                                                                       size_t file_length, uint32_t line) {
#if defined(__x86_64__) && defined(__ELF__)
  if (__builtin_constant_p(kind) && __builtin_constant_p(message_length) && __builtin_constant_p(file_length) &&
      __builtin_constant_p(line))
    __asm__ volatile(".pushsection moonpool_sites,\"a\",@progbits\n\t"
                     ".balign 4\n\t"
                     ".long %c0 - ., %c1, %c2 - ., %c3, %c4, %c5\n\t"
                     ".popsection" ::"i"(message),
                     "i"((int)message_length), "i"(file), "i"((int)file_length), "i"(line), "i"(kind));
#else
  (void)kind, (void)message, (void)message_length, (void)file, (void)file_length, (void)line;
#endif
}

/// The site of a literal in the calling thread's table; NULL without a table.
static inline mp_assertion_site *mp_assertion_find(uint32_t kind, const char *message, size_t message_length,
                                                   const char *file, size_t file_length, uint32_t line) {
  mp_assertions *table = mp_assertions_current;
  if (__builtin_expect(!table, 0)) return NULL;
  uint64_t line_and_kind = (uint64_t)line << 8 | kind;
  const mp_assertion_literal *literal =
      &table->literals[mp_assertion_hash(message, line_and_kind) & table->literal_mask];
  if (__builtin_expect(literal->message == message && literal->line_and_kind == line_and_kind && literal->file == file,
                       1))
    return literal->site;
  return mp_assertion_find_slowly(table, kind, message, message_length, file, file_length, line);
}

#ifdef __cplusplus
}
#endif
