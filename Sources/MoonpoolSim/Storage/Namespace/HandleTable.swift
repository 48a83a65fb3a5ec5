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

/// The open files of one file system, in plain memory: every operation looks one up.
struct HandleTable {
  private struct Slot {
    /// First, so that its address is the slot's.
    var state: HandleState
    var generation: UInt32
    var isUsed: Bool
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var capacity = 16
  private var slotCount = 0
  private var free: [Int] = []
  /// What the next slot starts with; above everything that was ever given out before a crash.
  private var firstGeneration: UInt32 = 1
  /// How many handles are in use; a closed one with operations in flight counts.
  private(set) var count = 0

  init() { slots = .allocate(capacity: capacity) }

  func destroy() { slots.deallocate() }

  mutating func open(_ state: HandleState) -> FileHandle {
    count += 1
    if let index = free.popLast() {
      slots[index].state = state
      slots[index].isUsed = true
      return FileHandle(index: index, generation: slots[index].generation)
    }
    if slotCount == capacity { grow() }
    (slots + slotCount).initialize(
      to: Slot(state: state, generation: firstGeneration, isUsed: true))
    slotCount += 1
    return FileHandle(index: slotCount - 1, generation: firstGeneration)
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: slots, count: slotCount)
    slots.deallocate()
    slots = larger
    capacity *= 2
  }

  /// The state of a handle, until the next one is opened; nil if it names nothing.
  @inline(__always)
  subscript(handle: FileHandle) -> UnsafeMutablePointer<HandleState>? {
    let index = handle.index
    guard index < slotCount, slots[index].generation == handle.generation, slots[index].isUsed
    else { return nil }
    return UnsafeMutableRawPointer(slots + index).assumingMemoryBound(to: HandleState.self)
  }

  mutating func remove(_ handle: FileHandle) {
    guard self[handle] != nil else { return }
    slots[handle.index].isUsed = false
    slots[handle.index].generation += 1
    free.append(handle.index)
    count -= 1
  }

  /// The inodes of all open files, one for each handle.
  var inodes: [Int] { (0..<slotCount).filter { slots[$0].isUsed }.map { slots[$0].state.inode } }

  /// No handle that was given out names anything any more, here or in another table.
  mutating func retireAll(with other: UInt32 = 0) {
    firstGeneration = max(nextGeneration, other)
    slotCount = 0
    free = []
    count = 0
  }

  /// Above every generation that was given out.
  var nextGeneration: UInt32 {
    (0..<slotCount).reduce(firstGeneration) { max($0, slots[$1].generation) } + 1
  }
}
