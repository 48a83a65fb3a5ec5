//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The loaded objects and their symbol tables. Tables come from the files (.symtab, which has private functions too, or
// .dynsym if stripped) and stay mapped; the list only grows, so readers need no lock. Memory comes from mmap, not
// malloc: simulated code must find the heap as it would without us.
//
// Objects that are unloaded stay in the list; what is loaded later at the same place is then not seen. Swift programs
// do not unload objects.

#include "interpose.h"
#include "symbols.h"
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

MP_INTERPOSERS_BEGIN

typedef struct {
  uintptr_t low, high;   ///< addresses in memory
  const char *name;      ///< in the mapped file
} mp_symbol;

typedef struct {
  size_t count;
  mp_symbol symbols[];   ///< functions, sorted by address
} mp_symbol_table;

struct mp_image {
  mp_image *next;
  uintptr_t base, low, high;
  bool runtime;
  const char *file;   ///< the mapped ELF file, NULL until the table is loaded, or if it cannot be read
  size_t file_size;
  _Atomic(mp_symbol_table *) table;   ///< NULL until it is needed
  char path[];
};

static _Atomic(mp_image *) mp_images;
static pthread_mutex_t mp_images_lock = PTHREAD_MUTEX_INITIALIZER;
static mp_symbol_table mp_no_symbols;

static void *mp_allocate_pages(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static bool mp_path_is_runtime(const char *path) {
  const char *slash = strrchr(path, '/'), *file = slash != NULL ? slash + 1 : path;
  static const char *const prefixes[] = {
      "libc.so",     "libc-",       "libm.so",           "libgcc_s",      "libstdc++",      "libpthread",
      "libdl.so",    "librt.so",    "libutil",           "ld-linux",      "ld-2",           "linux-vdso",
      "libswift",    "libdispatch", "libBlocksRuntime",  "libFoundation", "lib_Foundation", "libTesting",
      "lib_Testing", "libXCTest",   "lib_InternalSwift", "libicu",        "libz.so",        "liblzma",
      "libtsan",     "libasan",     "libclang_rt",
  };
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (strncmp(file, prefixes[i], strlen(prefixes[i])) == 0) return true;
  }
  return false;
}

static bool mp_is_listed(uintptr_t base, uintptr_t low) {
  for (mp_image *image = mp_images; image != NULL; image = image->next) {
    if (image->base == base && image->low == low) return true;
  }
  return false;
}

static int mp_add_image(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  uintptr_t low = UINTPTR_MAX, high = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_X) == 0) continue;
    uintptr_t start = object->dlpi_addr + segment->p_vaddr;
    if (start < low) low = start;
    if (start + segment->p_memsz > high) high = start + segment->p_memsz;
  }
  if (low >= high || mp_is_listed(object->dlpi_addr, low)) return 0;
  const char *path = object->dlpi_name[0] != 0 ? object->dlpi_name : "/proc/self/exe";
  size_t path_size = strlen(path) + 1;
  mp_image *image = mp_allocate_pages(sizeof *image + path_size);
  if (image == NULL) return 0;
  *image = (mp_image){.base = object->dlpi_addr, .low = low, .high = high, .runtime = mp_path_is_runtime(path)};
  memcpy(image->path, path, path_size);
  image->next = mp_images;
  mp_images = image;   // published complete
  return 0;
}

static void mp_list_images(void) {
  pthread_mutex_lock(&mp_images_lock);
  dl_iterate_phdr(mp_add_image, NULL);
  pthread_mutex_unlock(&mp_images_lock);
}

static const mp_image *mp_image_known_at(uintptr_t pc) {
  for (mp_image *image = mp_images; image != NULL; image = image->next) {
    if (pc >= image->low && pc < image->high) return image;
  }
  return NULL;
}

const mp_image *mp_image_at(uintptr_t pc) {
  const mp_image *image = mp_image_known_at(pc);
  if (image != NULL) return image;
  mp_list_images();
  return mp_image_known_at(pc);
}

bool mp_image_is_runtime(const mp_image *image) { return image->runtime; }

// Reading an ELF file.

static bool mp_map_file(mp_image *image) {
  if (image->file != NULL) return true;
  int descriptor = (int)mp_syscall6(SYS_openat, AT_FDCWD, (long)image->path, O_RDONLY | O_CLOEXEC, 0, 0, 0);
  if (descriptor < 0) return false;
  struct stat status;
  void *file = MAP_FAILED;
  if (fstat(descriptor, &status) == 0 && (size_t)status.st_size > sizeof(ElfW(Ehdr))) {
    file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  }
  mp_syscall6(SYS_close, descriptor, 0, 0, 0, 0, 0);
  if (file == MAP_FAILED || memcmp(file, ELFMAG, SELFMAG) != 0) return false;
  image->file = file;
  image->file_size = (size_t)status.st_size;
  return true;
}

/// The section of symbols: .symtab, or .dynsym if that has been stripped.
static const ElfW(Shdr) * mp_symbol_section(const mp_image *image) {
  const ElfW(Ehdr) *header = (const void *)image->file;
  if (header->e_shoff == 0 || header->e_shoff + header->e_shnum * sizeof(ElfW(Shdr)) > image->file_size) return NULL;
  const ElfW(Shdr) *sections = (const void *)(image->file + header->e_shoff), *found = NULL;
  for (int i = 0; i < header->e_shnum; i++) {
    if (sections[i].sh_type == SHT_SYMTAB) return &sections[i];
    if (sections[i].sh_type == SHT_DYNSYM) found = &sections[i];
  }
  return found;
}

typedef struct {
  const ElfW(Sym) * symbols;
  size_t count;
  const char *names;
} mp_elf_symbols;

static mp_elf_symbols mp_elf_symbols_of(const mp_image *image) {
  const ElfW(Shdr) *section = mp_symbol_section(image);
  if (section == NULL) return (mp_elf_symbols){0};
  const ElfW(Ehdr) *header = (const void *)image->file;
  const ElfW(Shdr) *strings = (const ElfW(Shdr) *)(const void *)(image->file + header->e_shoff) + section->sh_link;
  return (mp_elf_symbols){
      .symbols = (const void *)(image->file + section->sh_offset),
      .count = section->sh_size / sizeof(ElfW(Sym)),
      .names = image->file + strings->sh_offset,
  };
}

static bool mp_is_function(const ElfW(Sym) * symbol) {
  int type = ELF64_ST_TYPE(symbol->st_info);
  return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_value != 0 && symbol->st_shndx != SHN_UNDEF;
}

static int mp_compare_symbols(const void *a, const void *b) {
  const mp_symbol *left = a, *right = b;
  if (left->low != right->low) return left->low < right->low ? -1 : 1;
  return left->high < right->high ? -1 : left->high > right->high;
}

static mp_symbol_table *mp_load_table(mp_image *image) {
  if (!mp_map_file(image)) return &mp_no_symbols;
  mp_elf_symbols elf = mp_elf_symbols_of(image);
  size_t count = 0;
  for (size_t i = 0; i < elf.count; i++) count += mp_is_function(&elf.symbols[i]);
  if (count == 0) return &mp_no_symbols;
  mp_symbol_table *table = mp_allocate_pages(sizeof *table + count * sizeof(mp_symbol));
  if (table == NULL) return &mp_no_symbols;
  for (size_t i = 0; i < elf.count; i++) {
    const ElfW(Sym) *symbol = &elf.symbols[i];
    if (!mp_is_function(symbol)) continue;
    uintptr_t low = image->base + symbol->st_value;
    uintptr_t high = low + (symbol->st_size > 0 ? symbol->st_size : 1);
    table->symbols[table->count++] = (mp_symbol){low, high, elf.names + symbol->st_name};
  }
  qsort(table->symbols, table->count, sizeof(mp_symbol), mp_compare_symbols);
  return table;
}

static const mp_symbol_table *mp_table_of(mp_image *image) {
  mp_symbol_table *table = image->table;
  if (table != NULL) return table;
  pthread_mutex_lock(&mp_images_lock);
  if (image->table == NULL) image->table = mp_load_table(image);
  table = image->table;
  pthread_mutex_unlock(&mp_images_lock);
  return table;
}

const char *mp_symbol_raw_name(uintptr_t pc) {
  const mp_image *image = mp_image_at(pc);
  if (image == NULL) return NULL;
  const mp_symbol_table *table = mp_table_of((mp_image *)image);
  size_t low = 0, high = table->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (table->symbols[middle].low <= pc) low = middle + 1;
    else high = middle;
  }
  // The last one that starts at or before pc. Symbols without a size (written in assembler) get a little slack.
  if (low == 0 || pc >= table->symbols[low - 1].high + 16) return NULL;
  return table->symbols[low - 1].name;
}

void mp_symbols_matching(const char *part, void (*body)(const char *, uintptr_t, void *), void *context) {
  mp_list_images();
  for (mp_image *image = mp_images; image != NULL; image = image->next) {
    if (image->runtime) continue;
    (void)mp_table_of(image);   // maps the file
    if (image->file == NULL) continue;
    mp_elf_symbols elf = mp_elf_symbols_of(image);
    for (size_t i = 0; i < elf.count; i++) {
      const ElfW(Sym) *symbol = &elf.symbols[i];
      if (symbol->st_value == 0 || symbol->st_shndx == SHN_UNDEF) continue;
      const char *name = elf.names + symbol->st_name;
      if (strstr(name, part) != NULL) body(name, image->base + symbol->st_value, context);
    }
  }
}

/// Everything that a crash report will ask for: the list of images, and the tables of those that are not the runtime's.
void mp_symbols_prepare(void) {
  mp_list_images();
  for (mp_image *image = mp_images; image != NULL; image = image->next) {
    if (!image->runtime) (void)mp_table_of(image);
  }
}

MP_INTERPOSERS_END
