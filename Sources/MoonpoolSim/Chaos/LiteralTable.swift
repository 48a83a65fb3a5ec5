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
  private struct Entry {
    /// The address of the text, or the one character that the literal is.
    var literal: UInt = 0
    /// The length of the text; -1 for one character.
    var length = 0
    /// One more than the line; 0 for a literal without.
    var line: UInt = 0
    /// The number; -1 in a free entry.
    var slot = -1
  }

  private var entries = [Entry](repeating: Entry(), count: 64)
  private var count = 0

  /// The number that a literal and line were entered with.
  func find(_ text: StaticString, _ line: UInt?) -> Int? {
    let wanted = Self.entry(text, line, slot: 0)
    let found = entries[position(of: wanted)].slot
    return found < 0 ? nil : found
  }

  /// Enters a literal and line that aren't in the table.
  mutating func insert(_ text: StaticString, _ line: UInt?, slot: Int) {
    if 2 * (count + 1) > entries.count { grow() }
    let entry = Self.entry(text, line, slot: slot)
    entries[position(of: entry)] = entry
    count += 1
  }

  /// Where the entry is, or else where it belongs.
  private func position(of wanted: Entry) -> Int {
    let mask = entries.count - 1
    var hash = wanted.literal &+ wanted.line &* 0x9e37_79b9_7f4a_7c15
    hash = (hash ^ (hash >> 29)) &* 0xbf58_476d_1ce4_e5b9
    var index = Int(truncatingIfNeeded: hash >> 32) & mask
    while entries[index].slot >= 0 {
      let entry = entries[index]
      if entry.literal == wanted.literal, entry.line == wanted.line,
        entry.length == wanted.length
      {
        break
      }
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(), count: 2 * old.count)
    for entry in old where entry.slot >= 0 { entries[position(of: entry)] = entry }
  }

  private static func entry(_ text: StaticString, _ line: UInt?, slot: Int) -> Entry {
    let isText = text.hasPointerRepresentation
    return Entry(
      literal: isText ? UInt(bitPattern: text.utf8Start) : UInt(text.unicodeScalar.value),
      length: isText ? text.utf8CodeUnitCount : -1, line: line.map { $0 &+ 1 } ?? 0, slot: slot)
  }
}
