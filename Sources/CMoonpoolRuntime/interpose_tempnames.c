//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Names of temporary files. libc takes their random part from the kernel without going through any symbol of its own.

#include "interpose.h"
#include "MoonpoolDecisions.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

enum { MP_NAME_LENGTH = 6, MP_NAME_ATTEMPTS = 256 };

/// The XXXXXX of a template, or NULL if it has none.
static char *mp_placeholder(char *template, int suffix_length) {
  size_t length = strlen(template);
  if (suffix_length < 0 || length < (size_t)suffix_length + MP_NAME_LENGTH) return NULL;
  char *place = template + length - (size_t)suffix_length - MP_NAME_LENGTH;
  return strncmp(place, "XXXXXX", MP_NAME_LENGTH) == 0 ? place : NULL;
}

static void mp_write_name(char *place, uint64_t *state) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  uint64_t bits = mp_splitmix64(state);
  for (int i = 0; i < MP_NAME_LENGTH; i++, bits /= 62) place[i] = letters[bits % 62];
}

typedef int (*mp_claim_name)(const char *path, int flags);

static int mp_claim_file(const char *path, int flags) {
  return open(path, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
}

static int mp_claim_directory(const char *path, int flags) {
  (void)flags;
  return mkdir(path, 0700);
}

static int mp_claim_unused(const char *path, int flags) {
  (void)flags;
  struct stat status;
  if (lstat(path, &status) != 0) return errno == ENOENT ? 0 : -1;
  errno = EEXIST;
  return -1;
}

/// Tries names until one can be claimed. Only one draw is made from the simulation, however many names are taken: files
/// that an earlier run left behind must not shift the entropy of this one.
static int mp_make_name(mp_sim *sim, char *template, int suffix_length, int flags, mp_claim_name claim) {
  char *place = mp_placeholder(template, suffix_length);
  if (place == NULL) {
    errno = EINVAL;
    return -1;
  }
  uint64_t state;
  mp_fill_entropy(sim, &state, sizeof state);
  for (int attempt = 0; attempt < MP_NAME_ATTEMPTS; attempt++) {
    mp_write_name(place, &state);
    int result = claim(template, flags);
    if (result >= 0 || errno != EEXIST) return result;
  }
  errno = EEXIST;
  return -1;
}

MP_EXPORT int mkostemps(char *template, int suffix_length, int flags) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(mkostemps)(template, suffix_length, flags);
  return mp_make_name(sim, template, suffix_length, flags, mp_claim_file);
}

MP_EXPORT int mkstemp(char *template) { return mkostemps(template, 0, 0); }
MP_EXPORT int mkstemp64(char *template) { return mkostemps(template, 0, 0); }
MP_EXPORT int mkostemp(char *template, int flags) { return mkostemps(template, 0, flags); }
MP_EXPORT int mkstemps(char *template, int suffix_length) { return mkostemps(template, suffix_length, 0); }

MP_EXPORT char *mkdtemp(char *template) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) return MP_REAL(mkdtemp)(template);
  return mp_make_name(sim, template, 0, 0, mp_claim_directory) == 0 ? template : NULL;
}

MP_EXPORT char *mktemp(char *template) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL)) {
    char *(*real_mktemp)(char *) =
        (char *(*)(char *))dlsym(RTLD_NEXT, "mktemp");   // by name: a reference warns at link time
    return real_mktemp(template);
  }
  if (mp_make_name(sim, template, 0, 0, mp_claim_unused) != 0) template[0] = 0;
  return template;
}

MP_INTERPOSERS_END
