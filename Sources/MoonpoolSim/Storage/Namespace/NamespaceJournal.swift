//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// One name gets another inode, or none.
struct SlotChange {
  var directory: Int
  var name: EntryName
  var inode: Int
}

/// A creation, removal or rename that isn't durable.
struct NamespaceOperation {
  var sequence: UInt64
  /// One change, or two for a rename. They become durable together or not at all.
  var changes: [SlotChange]
  /// Operations that must be durable before this one can be.
  var requires: [UInt64]
}

/// The unsynced creations, removals and renames, the oldest first.
///
/// Whatever becomes durable, and whatever survives a crash, is closed under `requires`: an earlier
/// change of the same name; for a rename, the names of the directories above its target, without
/// which the file would be gone from both places; for the removal of a directory, what emptied it.
struct NamespaceJournal {
  private(set) var operations: [NamespaceOperation] = []

  var count: Int { operations.count }

  mutating func append(_ operation: NamespaceOperation) { operations.append(operation) }

  /// Where an operation is; nil once it is durable.
  func index(of sequence: UInt64) -> Int? {
    var low = 0
    var high = operations.count
    while low < high {
      let middle = (low + high) / 2
      if operations[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    guard low < operations.count, operations[low].sequence == sequence else { return nil }
    return low
  }

  /// The sequence numbers of operations that change names in a directory.
  func operations(in directory: Int) -> [UInt64] {
    operations.filter { $0.changes.contains { $0.directory == directory } }.map(\.sequence)
  }

  /// Takes out some operations and what they require, in order.
  mutating func remove(_ sequences: [UInt64]) -> [NamespaceOperation] {
    var marked = [Bool](repeating: false, count: operations.count)
    for sequence in sequences {
      if let index = index(of: sequence) { marked[index] = true }
    }
    for position in marked.indices.reversed() where marked[position] {
      for sequence in operations[position].requires {
        if let index = index(of: sequence) { marked[index] = true }
      }
    }
    let removed = zip(operations, marked).filter { $0.1 }.map { $0.0 }
    operations = zip(operations, marked).filter { !$0.1 }.map { $0.0 }
    return removed
  }

  /// Takes out everything, in order.
  mutating func removeAll() -> [NamespaceOperation] {
    defer { operations = [] }
    return operations
  }

  /// Has a chooser decide which operations survive a crash.
  func survivors<Chooser: CrashChooser>(_ chooser: inout Chooser) -> [Bool] {
    guard !operations.isEmpty else { return [] }
    chooser.beginGroup()
    var kept = [Bool](repeating: false, count: operations.count)
    for (position, operation) in operations.enumerated() {
      let isPossible = operation.requires.allSatisfy { index(of: $0).map { kept[$0] } ?? true }
      kept[position] = isPossible && chooser.survivor([0, operation.sequence]) == 1
    }
    return kept
  }
}
