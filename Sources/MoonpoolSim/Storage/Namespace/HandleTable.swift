//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Names an open file. A handle that was closed, or that a crash took, names nothing ever again.
package struct FileHandle: Sendable, Hashable {
  /// Which handle, for those who can only pass on a number: the generation and the slot.
  package let value: UInt64

  /// Restores a handle from its number.
  package init(value: UInt64) { self.value = value }

  init(index: Int, generation: UInt32) { value = UInt64(generation) << 32 | UInt64(index) }

  var index: Int { Int(value & 0xFFFF_FFFF) }
  var generation: UInt32 { UInt32(truncatingIfNeeded: value >> 32) }
}

/// The state of one open file.
struct HandleState {
  var inode: Int
  /// The file's contents; the inode lives at least as long as the handle.
  var contents: UnsafeMutablePointer<FileContents>
  var canRead: Bool
  var canWrite: Bool
  var appends: Bool
  /// Operations that were submitted and are not complete; they keep the file.
  var inFlight = 0
  var isClosed = false
}

/// The open files of one file system.
struct HandleTable {
  private struct Slot {
    var generation: UInt32
    var state: HandleState?
  }

  private var slots: [Slot] = []
  private var free: [Int] = []
  /// What the next slot starts with; above everything that was ever given out before a crash.
  private var firstGeneration: UInt32 = 1
  /// How many handles are in use; a closed one with operations in flight counts.
  private(set) var count = 0

  mutating func open(_ state: HandleState) -> FileHandle {
    count += 1
    if let index = free.popLast() {
      slots[index].state = state
      return FileHandle(index: index, generation: slots[index].generation)
    }
    slots.append(Slot(generation: firstGeneration, state: state))
    return FileHandle(index: slots.count - 1, generation: firstGeneration)
  }

  @inline(__always)
  subscript(handle: FileHandle) -> HandleState? {
    let index = handle.index
    guard index < slots.count, slots[index].generation == handle.generation else { return nil }
    return slots[index].state
  }

  @inline(__always)
  mutating func update(_ handle: FileHandle, _ body: (inout HandleState) -> Void) {
    let index = handle.index
    guard index < slots.count, slots[index].generation == handle.generation,
      slots[index].state != nil
    else { return }
    body(&slots[index].state!)
  }

  mutating func remove(_ handle: FileHandle) {
    guard self[handle] != nil else { return }
    slots[handle.index].state = nil
    slots[handle.index].generation += 1
    free.append(handle.index)
    count -= 1
  }

  /// The inodes of all open files, one for each handle.
  var inodes: [Int] { slots.compactMap { $0.state?.inode } }

  /// No handle that was given out names anything any more, here or in `other`.
  mutating func retireAll(with other: UInt32 = 0) {
    firstGeneration = max(nextGeneration, other)
    slots = []
    free = []
    count = 0
  }

  /// Above every generation that was given out.
  var nextGeneration: UInt32 {
    max(firstGeneration, slots.map(\.generation).max() ?? 0) + 1
  }
}
