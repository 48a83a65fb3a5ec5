//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Patches the global offset tables of loaded objects: both kinds of slot, those for calls (JUMP_SLOT) and those for
// taken addresses (GLOB_DAT, which is also what calls use under -fno-plt).

#include "interpose.h"
#include "dispatch_slots.h"
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

MP_INTERPOSERS_BEGIN

#if defined(__x86_64__)
#define MP_IS_SLOT(type) ((type) == R_X86_64_JUMP_SLOT || (type) == R_X86_64_GLOB_DAT)
#else
#define MP_IS_SLOT(type) ((type) == R_AARCH64_JUMP_SLOT || (type) == R_AARCH64_GLOB_DAT)
#endif

typedef struct {
  const char *owner;
  const mp_slot_hook *hooks;
  size_t count;
  bool owner_is_loaded;
  int patched;
} mp_patch;

/// What the dynamic section of an object says about its relocations.
typedef struct {
  const ElfW(Rela) * tables[2];
  size_t sizes[2];
  const ElfW(Sym) * symbols;
  const char *names;
} mp_relocations;

static bool mp_find_relocations(const struct dl_phdr_info *object, mp_relocations *found) {
  const ElfW(Dyn) *entry = NULL;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
      entry = (const void *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
  }
  if (entry == NULL) return false;
  *found = (mp_relocations){0};
  for (; entry->d_tag != DT_NULL; entry++) {
    switch (entry->d_tag) {
    case DT_JMPREL: found->tables[0] = (const void *)entry->d_un.d_ptr; break;
    case DT_PLTRELSZ: found->sizes[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
    case DT_RELA: found->tables[1] = (const void *)entry->d_un.d_ptr; break;
    case DT_RELASZ: found->sizes[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
    case DT_SYMTAB: found->symbols = (const void *)entry->d_un.d_ptr; break;
    case DT_STRTAB: found->names = (const char *)entry->d_un.d_ptr; break;
    default: break;
    }
  }
  return found->symbols != NULL && found->names != NULL;
}

/// Pages that the loader made read-only after relocating (RELRO) are given back that way.
static bool mp_is_read_only(const struct dl_phdr_info *object, uintptr_t address) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    uintptr_t low = object->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_GNU_RELRO && address >= low && address < low + segment->p_memsz) return true;
  }
  return false;
}

static bool mp_store_slot(const struct dl_phdr_info *object, void **slot, void *value) {
  uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  void *page = (void *)((uintptr_t)slot & ~(page_size - 1));
  if (mprotect(page, page_size, PROT_READ | PROT_WRITE) != 0) return false;
  __atomic_store_n(slot, value, __ATOMIC_RELEASE);
  if (mp_is_read_only(object, (uintptr_t)slot)) mprotect(page, page_size, PROT_READ);
  return true;
}

static const mp_slot_hook *mp_find_hook(const mp_patch *patch, const char *name) {
  if (strncmp(name, "dispatch_", 9) != 0) return NULL;
  for (size_t i = 0; i < patch->count; i++) {
    if (*patch->hooks[i].real != NULL && strcmp(name, patch->hooks[i].name) == 0) return &patch->hooks[i];
  }
  return NULL;
}

static int mp_patch_object(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  mp_patch *patch = context;
  mp_relocations found;
  if (strstr(object->dlpi_name, patch->owner) != NULL || strstr(object->dlpi_name, "vdso") != NULL) return 0;
  if (!mp_find_relocations(object, &found)) return 0;
  for (int table = 0; table < 2; table++) {
    for (size_t i = 0; found.tables[table] != NULL && i < found.sizes[table]; i++) {
      const ElfW(Rela) *relocation = &found.tables[table][i];
      if (!MP_IS_SLOT(ELF64_R_TYPE(relocation->r_info))) continue;
      const char *name = found.names + found.symbols[ELF64_R_SYM(relocation->r_info)].st_name;
      const mp_slot_hook *hook = mp_find_hook(patch, name);
      void **slot = (void **)(object->dlpi_addr + relocation->r_offset);
      if (hook != NULL && mp_store_slot(object, slot, hook->replacement)) patch->patched++;
    }
  }
  return 0;
}

static int mp_look_for_owner(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  mp_patch *patch = context;
  if (strstr(object->dlpi_name, patch->owner) == NULL) return 0;
  patch->owner_is_loaded = true;
  return 1;
}

int mp_slots_patch(const char *owner, const mp_slot_hook *hooks, size_t count) {
  mp_patch patch = {.owner = owner, .hooks = hooks, .count = count};
  dl_iterate_phdr(mp_look_for_owner, &patch);
  if (!patch.owner_is_loaded) return 0;
  for (size_t i = 0; i < count; i++) *hooks[i].real = dlsym(RTLD_DEFAULT, hooks[i].name);
  dl_iterate_phdr(mp_patch_object, &patch);
  return patch.patched;
}

MP_INTERPOSERS_END
