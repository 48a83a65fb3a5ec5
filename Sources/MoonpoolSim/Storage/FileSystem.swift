//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore

/// A file or directory, whether it has a name or not.
struct Inode {
  /// Set for a file.
  var contents: UnsafeMutablePointer<FileContents>?
  /// Set for a directory.
  var directory: Directory?
  /// The directory that reads see it in.
  var parent = Directory.none
  /// The operation that gave it the name it is seen under.
  var linkOperation: UInt64 = 0
  /// The name that is seen, and open handles.
  var uses = 0
  /// Durable names, and unsynced changes that would give it one.
  var holds = 0

  var isFree: Bool { contents == nil && directory == nil }
}

/// The files and directories of one machine, with what a crash may take from them.
///
/// A model without time, faults or concurrency: each method takes effect at once. ``Disk`` adds
/// these. What is seen follows POSIX; what is durable follows the letter of POSIX: `fsync` of a
/// file does not make its name durable.
package final class FileSystem {
  static let root = 0

  let store: UnsafeMutablePointer<PageStore>
  // Exclusivity isn't checked at run time: no method here calls anything that could come back.
  @exclusivity(unchecked) var inodes: [Inode]
  @exclusivity(unchecked) var freeInodes: [Int] = []
  @exclusivity(unchecked) var journal = NamespaceJournal()
  @exclusivity(unchecked) var handles = HandleTable()
  /// A sync of a file also makes its name durable, and those above it, as on ext4.
  @exclusivity(unchecked) package var syncPersistsName: Bool
  /// How much fits.
  @exclusivity(unchecked) package var limits: StorageLimits {
    didSet { limitPages() }
  }
  /// Room of the volume that somebody else takes.
  @exclusivity(unchecked) var reservedBytes: Int64 = 0 {
    didSet { limitPages() }
  }
  /// How often too much was unsynced, so that the system wrote everything back by itself.
  @exclusivity(unchecked) package var writebackCount = 0

  /// Creates an empty file system.
  package init(limits: StorageLimits = StorageLimits(), syncPersistsName: Bool = false) {
    self.limits = limits
    self.syncPersistsName = syncPersistsName
    store = .allocate(capacity: 1)
    store.initialize(to: PageStore(pageLimit: Self.pageLimit(limits)))
    inodes = [Inode(directory: Directory(), uses: 1, holds: 1)]
  }

  deinit {
    for inode in inodes { Self.destroy(inode) }
    handles.destroy()
    store.pointee.destroy()
    store.deinitialize(count: 1)
    store.deallocate()
  }

  private static func pageLimit(_ limits: StorageLimits) -> Int {
    Int(clamping: limits.capacity >> Int64(Geometry.pageShift))
  }

  private func limitPages() {
    store.pointee.pageLimit =
      Self.pageLimit(limits)
      - Int(clamping: reservedBytes >> Int64(Geometry.pageShift))
  }

  // MARK: - Inodes

  func makeInode(directory: Bool) -> Int {
    var inode = Inode()
    if directory {
      inode.directory = Directory()
    } else {
      inode.contents = .allocate(capacity: 1)
      inode.contents?.initialize(to: FileContents(store: store))
    }
    if let number = freeInodes.popLast() {
      inodes[number] = inode
      return number
    }
    inodes.append(inode)
    return inodes.count - 1
  }

  /// Takes note that something has stopped using an inode.
  func release(_ number: Int) {
    guard number != Directory.none, !inodes[number].isFree, inodes[number].uses == 0 else { return }
    guard inodes[number].holds == 0 else {
      inodes[number].contents?.pointee.setCounted(false)
      return
    }
    discard(number)
  }

  func discard(_ number: Int) {
    Self.destroy(inodes[number])
    inodes[number] = Inode()
    freeInodes.append(number)
  }

  private static func destroy(_ inode: Inode) {
    guard let contents = inode.contents else { return }
    contents.pointee.destroy()
    contents.deinitialize(count: 1)
    contents.deallocate()
  }

  // MARK: - Paths

  /// What is seen under a name of a directory.
  func child(_ directory: Int, _ name: EntryName) -> Int {
    inodes[directory].directory?.slot(name).live ?? Directory.none
  }

  /// The directory that a path's last name is in, or that the path names if it has none.
  func parent(
    of path: StoragePath, _ text: String, _ operation: String
  ) throws(StorageError) -> Int {
    var current = Self.root
    for name in path.endsInDot ? path.names[...] : path.names.dropLast() {
      current = child(current, name)
      if current == Directory.none { throw StorageError(.notFound, operation, text) }
      if inodes[current].directory == nil { throw StorageError(.notDirectory, operation, text) }
    }
    return current
  }

  /// What is at a path, or `none`.
  func find(_ path: StoragePath, _ text: String, _ operation: String) throws(StorageError) -> Int {
    let parent = try parent(of: path, text, operation)
    guard let name = path.last else { return parent }
    return child(parent, name)
  }

  // MARK: - Changes of names

  /// Gives names to inodes, or takes them, in one step.
  func change(_ changes: [SlotChange], requiring more: [UInt64] = []) {
    store.pointee.sequence += 1
    let sequence = store.pointee.sequence
    var requires = more
    var replaced: [Int] = []
    for change in changes {
      let slot = inodes[change.directory].directory!.slot(change.name)
      if journal.index(of: slot.lastChange) != nil { requires.append(slot.lastChange) }
      if slot.live != Directory.none {
        inodes[slot.live].uses -= 1
        inodes[slot.live].parent = Directory.none
        replaced.append(slot.live)
      }
      inodes[change.directory].directory!.setLive(
        change.name, to: change.inode, change: sequence)
      if change.inode != Directory.none {
        inodes[change.inode].uses += 1
        inodes[change.inode].holds += 1
        inodes[change.inode].parent = change.directory
        inodes[change.inode].linkOperation = sequence
      }
    }
    journal.append(
      NamespaceOperation(sequence: sequence, changes: changes, requires: requires))
    for inode in replaced { release(inode) }
    writeBackIfNeeded()
  }

  /// Operations that a rename into a directory needs, so that the file is in one place or the
  /// other: those that named the directory and the ones above it.
  func linkOperations(above directory: Int) -> [UInt64] {
    var result: [UInt64] = []
    var current = directory
    while current != Self.root, current != Directory.none {
      let operation = inodes[current].linkOperation
      if journal.index(of: operation) != nil { result.append(operation) }
      current = inodes[current].parent
    }
    return result
  }

  /// Makes operations durable that were taken from the journal.
  func settle(_ operations: [NamespaceOperation]) {
    for operation in operations {
      for change in operation.changes {
        let old = inodes[change.directory].directory!.setDurable(change.name, to: change.inode)
        if old != Directory.none {
          inodes[old].holds -= 1
          release(old)
        }
      }
    }
    for operation in operations {
      for change in operation.changes {
        inodes[change.directory].directory?.prune(change.name) { journal.index(of: $0) != nil }
      }
    }
  }

  // MARK: - Room

  /// Bytes in use, in whole pages.
  package var usedBytes: Int64 {
    Int64(store.pointee.usedPages) << Int64(Geometry.pageShift)
  }

  /// Has somebody else take all free room. What is removed from now on is free again.
  func reserveFreeRoom() { reservedBytes = max(0, limits.capacity - usedBytes) }

  /// Bytes of memory that are held only because something isn't durable.
  package var unsyncedBytes: Int { store.pointee.unsyncedBytes }

  @inline(__always)
  func writeBackIfNeeded() {
    if store.pointee.unsyncedBytes > limits.unsyncedBytes || journal.count > limits.unsyncedNames {
      writeBack()
    }
  }

  /// Makes everything durable, as a kernel does when too much is not.
  func writeBack() {
    writebackCount += 1
    for inode in inodes { inode.contents?.pointee.writeBack() }
    settle(journal.removeAll())
  }
}
