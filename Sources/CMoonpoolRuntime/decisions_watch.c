//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The slow path of a decision: breakpoints, edits, recording, and following an earlier log.

#include "decisions_internal.h"
#include <stdlib.h>
#include <string.h>

static uint64_t saturating_sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

/// Computes when the slow path must be taken next.
static void refresh_attention(mp_decisions *d) {
  mp_decisions_slow *s = d->slow;
  s->edit_at = s->next_edit < s->edit_count ? s->edits[s->next_edit].number : UINT64_MAX;
  uint64_t next = s->reseed_at < s->edit_at ? s->reseed_at : s->edit_at;
  d->attention = s->is_recording || s->mode != MP_FOLLOW_NONE || s->rule_count != 0 ? 0 : next;
}

void mp_decisions_unwatch(mp_decisions *d) {
  mp_decisions_slow *s = d->slow;
  s->breakpoint_count = s->next_breakpoint = s->edit_count = s->next_edit = 0;
  s->reseed_at = UINT64_MAX;
  while (s->rule_count != 0) free((char *)s->rules[--s->rule_count].name);
  s->recorded = s->log_count = s->log_key_count = 0;
  s->is_recording = false;
  s->mode = MP_FOLLOW_NONE;
  s->divergence.number = 0;
  s->on_divergence = NULL;
  mp_key_map_clear(&s->log_by_key);
  refresh_attention(d);
}

// MARK: - Breakpoints and edits

/// `base` is the odometer at the last reseed.
static void aim_at_breakpoint(mp_decisions_slow *s, uint64_t base) {
  bool any = s->next_breakpoint < s->breakpoint_count;
  s->reseed_at = any ? saturating_sum(saturating_sum(base, s->breakpoints[s->next_breakpoint].count), 1) : UINT64_MAX;
}

void mp_decisions_set_breakpoints(mp_decisions *d, const mp_breakpoint *breakpoints, size_t count) {
  mp_decisions_slow *s = d->slow;
  s->breakpoints = mp_reserve(s->breakpoints, &s->breakpoint_capacity, count, sizeof *breakpoints);
  if (count != 0) memcpy(s->breakpoints, breakpoints, count * sizeof *breakpoints);
  s->breakpoint_count = count;
  s->next_breakpoint = 0;
  aim_at_breakpoint(s, d->count);
  refresh_attention(d);
}

static void cross_breakpoints(mp_decisions *d) {
  mp_decisions_slow *s = d->slow;
  // The last representable decision is never reached, so a saturated breakpoint cannot loop.
  while (s->next_breakpoint < s->breakpoint_count && d->count >= s->reseed_at) {
    d->seed = s->breakpoints[s->next_breakpoint++].seed;
    d->reseeds++;
    aim_at_breakpoint(s, s->reseed_at - 1);
  }
  for (uint32_t i = 0; i < s->stream_count; i++) {
    mp_stream *stream = mp_decisions_stream_at(d, i);
    const mp_stream_rule *rule = mp_stream_rule_of(s, stream);
    if (rule == NULL || !rule->has_seed) mp_stream_reseed(stream);
  }
}

void mp_decisions_set_edits(mp_decisions *d, const mp_edit *edits, size_t count) {
  mp_decisions_slow *s = d->slow;
  s->edits = mp_reserve(s->edits, &s->edit_capacity, count, sizeof *edits);
  if (count != 0) memcpy(s->edits, edits, count * sizeof *edits);
  s->edit_count = count;
  s->next_edit = 0;
  while (s->next_edit < count && edits[s->next_edit].number <= d->count) s->next_edit++;
  refresh_attention(d);
}

// MARK: - Rules for streams

void mp_decisions_set_rules(mp_decisions *d, const mp_stream_rule *rules, size_t count) {
  mp_decisions_slow *s = d->slow;
  s->rules = mp_reserve(s->rules, &s->rule_capacity, count, sizeof *rules);
  for (size_t i = 0; i < count; i++) {
    size_t unused = 0, length = strlen(rules[i].name) + 1;
    s->rules[i] = rules[i];
    s->rules[i].name = memcpy(mp_reserve(NULL, &unused, length, 1), rules[i].name, length);
  }
  s->rule_count = count;
  refresh_attention(d);
}

/// Whether a rule is for the stream of this name, or for its domain.
static bool is_for(const mp_stream_rule *rule, const char *name) {
  size_t length = strlen(rule->name);
  return strncmp(rule->name, name, length) == 0 && (name[length] == 0 || name[length] == '/');
}

void mp_decisions_find_rule(mp_decisions_slow *s, const mp_stream *stream, const char *name) {
  if (s->rule_count == 0) return;
  s->rule_of = mp_reserve(s->rule_of, &s->rule_of_capacity, stream->index + (size_t)1, sizeof *s->rule_of);
  int32_t found = -1;
  for (size_t i = 0; i < s->rule_count && found < 0 && name != NULL; i++) {
    if (is_for(&s->rules[i], name)) found = (int32_t)i;
  }
  s->rule_of[stream->index] = found;
}

const mp_stream_rule *mp_stream_rule_of(const mp_decisions_slow *s, const mp_stream *stream) {
  int32_t number = s->rule_count == 0 ? -1 : s->rule_of[stream->index];
  return number < 0 ? NULL : &s->rules[number];
}

// MARK: - Recording

void mp_decisions_set_recording(mp_decisions *d, bool on) {
  d->slow->is_recording = on;
  refresh_attention(d);
}

const mp_decision *mp_decisions_recording(const mp_decisions *d, size_t *count) {
  *count = d->slow->recorded;
  return d->slow->recording;
}

static void record(mp_decisions_slow *s, const mp_decision *made) {
  s->recording = mp_reserve(s->recording, &s->recording_capacity, s->recorded + 1, sizeof *made);
  s->recording[s->recorded++] = *made;
}

// MARK: - Following a log

void mp_decisions_follow_stream(mp_decisions_slow *s, const mp_stream *stream) {
  if (s->mode != MP_FOLLOW_LENIENT) return;
  s->log_streams = mp_reserve(s->log_streams, &s->log_stream_capacity, stream->index + (size_t)1, sizeof(uint32_t));
  s->log_streams[stream->index] = mp_key_map_find(&s->log_by_key, stream->key);
}

/// Sorts the log's entries by stream, in place of a queue per stream (counting sort).
static void sort_by_stream(mp_decisions_slow *s) {
  size_t streams = s->log_key_count;
  s->starts = mp_reserve(s->starts, &s->starts_capacity, streams + 2, sizeof *s->starts);
  s->order = mp_reserve(s->order, &s->order_capacity, s->log_count, sizeof *s->order);
  memset(s->starts, 0, (streams + 2) * sizeof *s->starts);
  for (size_t i = 0; i < s->log_count; i++) s->starts[s->log[i].stream + 2]++;
  for (size_t k = 2; k < streams + 2; k++) s->starts[k] += s->starts[k - 1];
  for (size_t i = 0; i < s->log_count; i++) s->order[s->starts[s->log[i].stream + 1]++] = i;
}

void mp_decisions_set_follow(mp_decisions *d, mp_follow mode, const mp_decision *entries, size_t count,
                             const uint64_t *keys, uint32_t key_count, void (*on_divergence)(void *), void *argument) {
  mp_decisions_slow *s = d->slow;
  s->log = mp_reserve(s->log, &s->log_capacity, count, sizeof *entries);
  s->log_keys = mp_reserve(s->log_keys, &s->log_key_capacity, key_count, sizeof *keys);
  if (count != 0) memcpy(s->log, entries, count * sizeof *entries);
  if (key_count != 0) memcpy(s->log_keys, keys, key_count * sizeof *keys);
  s->log_count = count;
  s->log_key_count = key_count;
  s->mode = mode;
  s->on_divergence = on_divergence;
  s->divergence_argument = argument;
  s->divergence.number = 0;
  mp_key_map_clear(&s->log_by_key);
  if (mode == MP_FOLLOW_LENIENT) {
    for (uint32_t k = 0; k < key_count; k++) {
      if (mp_key_map_find(&s->log_by_key, keys[k]) == MP_NO_INDEX) mp_key_map_insert(&s->log_by_key, keys[k], k);
    }
    sort_by_stream(s);
    for (uint32_t i = 0; i < s->stream_count; i++) mp_decisions_follow_stream(s, mp_decisions_stream_at(d, i));
  }
  refresh_attention(d);
}

static void diverge(mp_decisions_slow *s, uint64_t number, const mp_decision *expected, const mp_decision *actual) {
  s->divergence = (mp_divergence){.number = number, .has_expected = expected != NULL, .has_actual = actual != NULL};
  if (expected != NULL) s->divergence.expected = *expected;
  if (actual != NULL) s->divergence.actual = *actual;
  s->mode = MP_FOLLOW_NONE;
}

/// What the log says that this decision was, or NULL past its end.
static const mp_decision *logged(const mp_decisions_slow *s, uint64_t number, const mp_stream *stream) {
  if (s->mode != MP_FOLLOW_LENIENT) return number <= s->log_count ? &s->log[number - 1] : NULL;
  uint32_t k = s->log_streams[stream->index];
  if (k == MP_NO_INDEX || stream->drawn >= s->starts[k + 1] - s->starts[k]) return NULL;
  return &s->log[s->order[s->starts[k] + stream->drawn]];
}

/// Follows the log for one decision: takes its value, or compares with it.
static void follow(mp_decisions_slow *s, uint64_t number, const mp_stream *stream, mp_decision *made, bool is_fixed) {
  const mp_decision *expected = logged(s, number, stream);
  if (expected == NULL) {
    if (s->mode == MP_FOLLOW_PREFIX) s->mode = MP_FOLLOW_NONE;
    else if (s->mode != MP_FOLLOW_LENIENT) diverge(s, number, NULL, made);
    return;
  }
  if (s->mode == MP_FOLLOW_LENIENT) {
    uint64_t bound = made->bound;
    if (!is_fixed) made->value = bound != 0 && expected->value >= bound ? expected->value % bound : expected->value;
    return;
  }
  bool same = s->log_keys[expected->stream] == stream->key && expected->bound == made->bound &&
              expected->context == made->context;
  if (s->mode == MP_FOLLOW_COMPARE) same = same && expected->value == made->value;
  else if (same && !is_fixed) made->value = expected->value;
  if (!same) diverge(s, number, expected, made);
}

// MARK: - One decision

uint64_t mp_draw_slow(mp_stream *stream, uint64_t bound) {
  mp_decisions *d = stream->owner;
  mp_decisions_slow *s = d->slow;
  uint64_t number = d->count;
  if (number >= s->reseed_at) cross_breakpoints(d);
  // The generator always advances, whatever the value comes from: what follows an edit, or the end of a log, is
  // what would have followed without.
  uint64_t value = mp_scale(mp_xoshiro256ss(stream->state), bound);
  mp_decision made = {.stream = stream->index, .context = d->context, .bound = bound, .value = value};
  const mp_stream_rule *rule = mp_stream_rule_of(s, stream);
  bool is_zero = rule != NULL && stream->drawn + 1 >= rule->zero_from;
  if (is_zero) made.value = 0;
  bool edited = number == s->edit_at;
  if (edited) {
    uint64_t wanted = s->edits[s->next_edit++].value;
    made.value = bound != 0 && wanted >= bound ? bound - 1 : wanted;
  }
  bool had_diverged = s->divergence.number != 0;
  if (s->mode != MP_FOLLOW_NONE) follow(s, number, stream, &made, edited || is_zero);
  if (s->is_recording) record(s, &made);
  stream->drawn++;
  refresh_attention(d);
  bool diverged = !had_diverged && s->divergence.number != 0;
  if (diverged && s->on_divergence != NULL) s->on_divergence(s->divergence_argument);
  return made.value;
}

const mp_divergence *mp_decisions_finish(mp_decisions *d) {
  mp_decisions_slow *s = d->slow;
  bool whole = s->mode == MP_FOLLOW_COMPARE || s->mode == MP_FOLLOW_STRICT;
  if (whole && d->count < s->log_count) {
    diverge(s, d->count + 1, &s->log[d->count], NULL);
    refresh_attention(d);
  }
  return s->divergence.number != 0 ? &s->divergence : NULL;
}
