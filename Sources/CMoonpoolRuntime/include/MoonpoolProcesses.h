//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// How the processes are laid out that this one starts.

#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Processes that the calling thread starts from now on have the same addresses each time, as far as the system lets
/// them. Returns what `mp_restore_addresses` wants; -1 if nothing changed.
long mp_fix_addresses(void);
void mp_restore_addresses(long before);
/// A file of shared memory, empty, without a name anywhere. Descriptor; < 0: see errno.
int mp_make_shared_memory(const char *name);
/// The calling process is killed when the thread ends that has made it.
void mp_end_with_parent(void);
/// A descriptor that is readable when children of this process have ended. It takes SIGCHLD for that.
int mp_watch_children(void);

#ifdef __cplusplus
}
#endif
