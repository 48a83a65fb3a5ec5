//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolAssertions

// Finds sites by literals and lines: open addressing over the literals' addresses, at most a
// quarter full, so that most are where their hash says. That much is inlined into programs
// (`mp_buggify_find`); the rest is here.
//
// An address is only a short way to an entry: nothing is listed in its order. Entries are compared
// whole, never by hash alone.
extension mp_buggify {
  /// Begins with an empty table. Whoever calls this gives `literals` back.
  mutating func makeLiterals() {
    literal_mask = 63
    literals = Self.empty(64)
  }

  private static func empty(_ count: Int) -> UnsafeMutablePointer<mp_buggify_literal> {
    let entries = UnsafeMutablePointer<mp_buggify_literal>.allocate(capacity: count)
    entries.initialize(repeating: mp_buggify_literal(), count: count)
    return entries
  }

  /// Where a literal's entry is, or else where it belongs.
  func place(of wanted: mp_buggify_literal) -> Int {
    var place = mp_assertion_hash(wanted.text, wanted.line) & literal_mask
    while literals[Int(place)].site != nil, !literals[Int(place)].isSame(wanted) {
      place = (place + 1) & literal_mask
    }
    return Int(place)
  }

  /// Enters a literal that isn't in the table.
  mutating func insert(
    _ literal: mp_buggify_literal, _ site: UnsafeMutablePointer<mp_buggify_site>
  ) {
    literal_count += 1
    if 4 * literal_count > literal_mask { grow() }
    var literal = literal
    literal.site = site
    literals[place(of: literal)] = literal
  }

  private mutating func grow() {
    let before = UnsafeMutableBufferPointer(start: literals, count: Int(literal_mask) + 1)
    literals = Self.empty(4 * before.count)
    literal_mask = 4 * UInt64(before.count) - 1
    for literal in before where literal.site != nil { literals[place(of: literal)] = literal }
    before.deallocate()
  }
}

extension mp_buggify_literal {
  init(_ text: UnsafePointer<CChar>?, _ length: Int, _ line: UInt64) {
    self.init(text: text, length: length, line: line, site: nil)
  }

  /// What the literal says.
  var string: String {
    String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
  }

  fileprivate func isSame(_ other: mp_buggify_literal) -> Bool {
    text == other.text && length == other.length && line == other.line
  }
}
