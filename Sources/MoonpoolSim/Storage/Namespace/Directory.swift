//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The names in one directory: those that are seen, and those that are durable.
struct Directory {
  /// The number of an inode that isn't there.
  static let none = -1

  /// One name, as long as anything knows of it.
  struct Slot {
    var name: EntryName
    /// The inode that has the name, or `none`.
    var live = Directory.none
    /// The inode that has the name after a crash that loses all unsynced changes of it.
    var durable = Directory.none
    /// The sequence number of the last change; it may be durable meanwhile.
    var lastChange: UInt64 = 0
  }

  /// Sorted by name.
  private(set) var slots: [Slot] = []
  /// How many names are seen.
  private(set) var liveCount = 0

  private func index(_ name: EntryName) -> Int {
    var low = 0
    var high = slots.count
    while low < high {
      let middle = (low + high) / 2
      if slots[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The slot of a name; an empty one if there is none.
  func slot(_ name: EntryName) -> Slot {
    let index = index(name)
    if index < slots.count, slots[index].name == name { return slots[index] }
    return Slot(name: name)
  }

  /// Changes what is seen under a name.
  mutating func setLive(_ name: EntryName, to inode: Int, change: UInt64) {
    let index = makeSlot(name)
    liveCount += (inode == Self.none ? 0 : 1) - (slots[index].live == Self.none ? 0 : 1)
    slots[index].live = inode
    slots[index].lastChange = change
  }

  /// Changes what is durable under a name. Returns what was.
  mutating func setDurable(_ name: EntryName, to inode: Int) -> Int {
    let index = makeSlot(name)
    defer { slots[index].durable = inode }
    return slots[index].durable
  }

  /// Forgets a name of which nothing is seen, durable, or unsynced.
  mutating func prune(_ name: EntryName, isPending: (UInt64) -> Bool) {
    let index = index(name)
    guard index < slots.count, slots[index].name == name, slots[index].live == Self.none,
      slots[index].durable == Self.none, !isPending(slots[index].lastChange)
    else { return }
    slots.remove(at: index)
  }

  /// What is durable is all there is, as after a crash.
  mutating func revertToDurable() {
    slots.removeAll { $0.durable == Self.none }
    for index in slots.indices {
      slots[index].live = slots[index].durable
      slots[index].lastChange = 0
    }
    liveCount = slots.count
  }

  private mutating func makeSlot(_ name: EntryName) -> Int {
    let index = index(name)
    if index == slots.count || slots[index].name != name {
      slots.insert(Slot(name: name), at: index)
    }
    return index
  }
}
