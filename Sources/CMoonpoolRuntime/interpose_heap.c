//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The true size of a heap block. Swift shows it to programs: an array's `capacity` follows from malloc_usable_size, and
// swift-crypto fills a key's whole buffer with entropy. glibc now and then hands out a chunk 16 bytes larger than it
// had to, because what would be left over is too small to stand alone, and whether it has such a chunk follows from
// everything that the process ever allocated. So sizes come in classes, further apart than that: requests are rounded
// up to a class, in all threads (a block may change threads), and the size that is shown is rounded down to one. That
// gives the request's class back, whatever glibc did. Rounding down is safe for any block that was rounded up here,
// whoever allocated it, since no class lies between.
//
// The whole family is ours, `free` too, which changes nothing about it: an allocator that is linked in beside libc
// would otherwise be handed some of its blocks. Sanitizers bring their own, and report exactly what was asked for.

#include "interpose.h"
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__GLIBC__) && !defined(MP_UNDER_SANITIZER)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

enum {
  SMALL_GRAIN = 32,     // classes 24, 56, 88, …: a chunk is 8 bytes more than what its user may touch
  SMALL_HEADER = 8,
  SMALL_LIMIT = 61440,  // below what glibc would ever give a mapping of its own (M_MMAP_THRESHOLD, at least 128 KiB)
  LARGE_GRAIN = 4096,   // classes 65,512, 69,608, …: fit as well into a mapping as into a chunk of the heap
  LARGE_HEADER = 24,
  LARGE_START = 65536 - LARGE_HEADER,
};

static inline size_t mp_size_class(size_t size) {
  if (MP_LIKELY(size <= SMALL_LIMIT)) {
    return ((size + SMALL_HEADER + SMALL_GRAIN - 1) & ~(size_t)(SMALL_GRAIN - 1)) - SMALL_HEADER;
  }
  if (size > PTRDIFF_MAX - 2 * LARGE_GRAIN) return size;   // refused by whoever is asked next
  return ((size + LARGE_HEADER + LARGE_GRAIN - 1) & ~(size_t)(LARGE_GRAIN - 1)) - LARGE_HEADER;
}

static inline size_t mp_size_shown(size_t true_size) {
  if (true_size < LARGE_START) return ((true_size + SMALL_HEADER) & ~(size_t)(SMALL_GRAIN - 1)) - SMALL_HEADER;
  return ((true_size + LARGE_HEADER) & ~(size_t)(LARGE_GRAIN - 1)) - LARGE_HEADER;
}

MP_INTERPOSERS_BEGIN

MP_EXPORT void *malloc(size_t size) { return __libc_malloc(mp_size_class(size)); }

MP_EXPORT void free(void *block) { __libc_free(block); }

MP_EXPORT void *calloc(size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return NULL;
  }
  return __libc_calloc(1, mp_size_class(total));
}

MP_EXPORT void *realloc(void *block, size_t size) {
  // realloc(block, 0) frees and returns NULL; rounded up it would not.
  return __libc_realloc(block, size == 0 && block != NULL ? 0 : mp_size_class(size));
}

MP_EXPORT size_t malloc_usable_size(void *block) {
  if (block == NULL) return 0;
  return mp_size_shown(MP_REAL(malloc_usable_size)(block));
}

/// An aligned block may come with 32 bytes too many, which is a whole class. Asking for less gives them back, in place.
static void *mp_aligned(size_t alignment, size_t size) {
  size_t class = mp_size_class(size);
  void *block = __libc_memalign(alignment, class);
  if (block == NULL || MP_LIKELY(malloc_usable_size(block) == class)) return block;
  return __libc_realloc(block, class);
}

MP_EXPORT void *memalign(size_t alignment, size_t size) { return mp_aligned(alignment, size); }

MP_EXPORT void *aligned_alloc(size_t alignment, size_t size) { return mp_aligned(alignment, size); }

MP_EXPORT int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  int saved = errno;
  void *block = mp_aligned(alignment, size);
  errno = saved;
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

MP_INTERPOSERS_END

#endif
