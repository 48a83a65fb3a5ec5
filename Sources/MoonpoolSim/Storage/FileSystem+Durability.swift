//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

extension FileSystem {
  /// Makes a file's data and size durable, but not its name, unless `syncPersistsName` is set.
  ///
  /// Both scopes do the same, since the model has no metadata that reading doesn't need.
  package func synchronize(
    _ handle: FileHandle, _ scope: SynchronizationScope
  ) throws(StorageError) {
    let state = try state(handle, "synchronize")
    state.contents.pointee.synchronize()
    let names = namesPersisted(with: state.inode)
    if !names.isEmpty { settle(journal.remove(names)) }
  }

  /// The changes that a sync makes durable because they named what is synchronised.
  private func namesPersisted(with inode: Int) -> [UInt64] {
    guard syncPersistsName, inodes[inode].parent != Directory.none else { return [] }
    return linkOperations(above: inode)
  }

  /// Makes the names in a directory durable, with what they require.
  ///
  /// So a rename between two directories becomes durable when either is synchronised, in both. A
  /// directory is a file: with `syncPersistsName`, its own name becomes durable, too, and those
  /// above it.
  package func synchronizeDirectory(_ path: String) throws(StorageError) {
    let number = try directory(at: path, "synchronizeDirectory")
    settle(journal.remove(journal.operations(in: number) + namesPersisted(with: number)))
  }

  /// Whether a sync of a file would make anything durable.
  func needsSynchronizing(_ handle: FileHandle) throws(StorageError) -> Bool {
    let state = try state(handle, "synchronize")
    if state.contents.pointee.needsSynchronizing { return true }
    return !namesPersisted(with: state.inode).isEmpty
  }

  /// Whether a sync of a directory would make anything durable.
  func needsSynchronizing(directory path: String) throws(StorageError) -> Bool {
    let number = try directory(at: path, "synchronizeDirectory")
    return !journal.operations(in: number).isEmpty || !namesPersisted(with: number).isEmpty
  }

  /// Marks a file's dirty pages clean without writing them, as Linux does after a failed sync.
  func abandon(_ handle: FileHandle) { handles[handle]?.pointee.contents.pointee.abandon() }
}
