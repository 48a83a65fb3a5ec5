//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Finds numbers by literals and lines: open addressing over the literals' addresses.
///
/// An address is only a short way to an entry: nothing is listed in its order. Entries are compared
/// whole, never by hash alone.
struct LiteralTable {
  /// A literal as its address, and a line.
  struct Key: Equatable {
    var text: UnsafePointer<CChar>?
    var length: Int
    var line: UInt64

    /// What the literal says.
    var string: String {
      String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }
  }

  private struct Entry {
    var key = Key(text: nil, length: 0, line: 0)
    /// The number; -1 in a free entry.
    var slot = -1
  }

  // Not an array: the owner's pointer to this table costs no reference counting on the way to it.
  private var entries: UnsafeMutablePointer<Entry>
  private var mask: Int
  private var count = 0

  init() {
    mask = 63
    entries = Self.empty(64)
  }

  /// Gives the memory back. Nothing may use the table after that.
  func destroy() { entries.deallocate() }

  private static func empty(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    entries.initialize(repeating: Entry(), count: count)
    return entries
  }

  /// The number that a literal and line were entered with; -1 if they weren't.
  @inline(__always)
  func find(_ key: Key) -> Int { entries[position(of: key)].slot }

  /// Enters a literal and line that aren't in the table.
  mutating func insert(_ key: Key, slot: Int) {
    if 2 * (count + 1) > mask { grow() }
    entries[position(of: key)] = Entry(key: key, slot: slot)
    count += 1
  }

  /// Where the entry is, or else where it belongs.
  @inline(__always)
  private func position(of key: Key) -> Int {
    let hash = (UInt64(UInt(bitPattern: key.text)) ^ key.line << 20) &* 0x9e37_79b9_7f4a_7c15
    var index = Int(truncatingIfNeeded: hash >> 32) & mask
    while entries[index].slot >= 0, entries[index].key != key { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = entries
    let oldMask = mask
    mask = 2 * mask + 1
    entries = Self.empty(mask + 1)
    for index in 0...oldMask where old[index].slot >= 0 {
      entries[position(of: old[index].key)] = old[index]
    }
    old.deallocate()
  }
}
