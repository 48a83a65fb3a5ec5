//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The partitions in force: each cuts the ways from some hosts to some others.
final class Partitions {
  struct Partition {
    var number: Int
    var from: HostSet
    var to: HostSet
  }

  /// Changes whenever a way may have been cut or restored.
  private(set) var epoch: UInt32 = 0
  private var partitions: [Partition] = []
  private var last = 0

  /// Cuts every way from a host in `from` to a host in `to`. Returns its number.
  func add(from: HostSet, to: HostSet) -> Int {
    last += 1
    partitions.append(Partition(number: last, from: from, to: to))
    epoch &+= 1
    return last
  }

  /// Takes a partition back; others may go on cutting the same ways.
  func remove(_ number: Int) {
    partitions.removeAll { $0.number == number }
    epoch &+= 1
  }

  /// Restores every way, in all directions.
  func removeAll() {
    partitions.removeAll()
    epoch &+= 1
  }

  /// A host went up or down.
  func invalidate() { epoch &+= 1 }

  var count: Int { partitions.count }

  func cut(from: Int32, to: Int32) -> Bool {
    for partition in partitions
    where partition.from.contains(from) && partition.to.contains(to) && from != to {
      return true
    }
    return false
  }
}

/// A set of hosts, by number.
package struct HostSet: Hashable {
  private var words: [UInt64] = []

  /// Makes the empty set.
  package init() {}

  /// Makes the set of some hosts.
  package init(_ hosts: some Sequence<Int32>) {
    for host in hosts { insert(host) }
  }

  mutating func insert(_ host: Int32) {
    let word = Int(host >> 6)
    while words.count <= word { words.append(0) }
    words[word] |= 1 << UInt64(host & 63)
  }

  func contains(_ host: Int32) -> Bool {
    let word = Int(host >> 6)
    return word < words.count && words[word] & 1 << UInt64(host & 63) != 0
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}
