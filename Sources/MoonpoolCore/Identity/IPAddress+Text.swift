//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension IPAddress {
  /// Reads an address: four decimal numbers, or any form of RFC 4291 section 2.2.
  ///
  /// The numbers of IPv4 have no zero at the front, which some programs take for octal. `::` stands
  /// for one group or more, and the last two groups of IPv6 may be written as an IPv4 address.
  public init(parsing text: String) throws(IPAddressParseError) {
    try self.init(parsing: text[...])
  }

  init(parsing text: Substring) throws(IPAddressParseError) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      self = try Self.v6(text)
    } else {
      self.init(v4: try Self.v4(text, in: text))
    }
  }

  /// The numbers of an IPv4 address, or the IPv6 address after RFC 5952.
  ///
  /// IPv6 is in lower case, the longest run of two or more zero groups is `::`, and the addresses
  /// that IPv4 is mapped to end in an IPv4 address: `::ffff:10.0.0.1`.
  public var description: String {
    guard family == .v6 else { return Self.text(v4: low) }
    if high == 0, low >> 32 == 0xFFFF { return "::ffff:" + Self.text(v4: low) }
    let groups = (0..<8).map { index in
      UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> (48 - UInt64(index % 4) * 16))
    }
    let zeros = Self.longestZeros(groups)
    guard zeros.count > 1 else { return Self.text(groups[...]) }
    return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
  }

  private static func text(v4 bits: UInt64) -> String {
    "\(bits >> 24 & 0xFF).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
  }

  private static func text(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The first of the longest runs of zeros.
  private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for index in groups.indices {
      if groups[index] != 0 { start = index + 1 }
      if index + 1 - start > best.count { best = start..<index + 1 }
    }
    return best
  }

  /// Reads four decimal numbers; `whole` is what an error names.
  private static func v4(
    _ text: Substring, in whole: Substring
  ) throws(IPAddressParseError) -> UInt32 {
    // One more than there may be: a long text has as many parts as an attacker likes.
    let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 4 else {
      throw IPAddressParseError(whole, "IPv4 has four numbers with dots between them")
    }
    var bits: UInt32 = 0
    for part in parts {
      var scanner = ByteScanner(part)
      guard let number = scanner.number(upTo: 255), scanner.isAtEnd else {
        let reason = "\(part.quoted) is no decimal number from 0 to 255 without zeros at the front"
        throw IPAddressParseError(whole, reason)
      }
      bits = bits << 8 | UInt32(number)
    }
    return bits
  }

  private static func v6(_ text: Substring) throws(IPAddressParseError) -> IPAddress {
    var head: [UInt16] = []
    var tail: [UInt16] = []
    if let gap = text.firstIndexOfDoubleColon {
      let rest = text[gap...].dropFirst(bytes: 2)
      if gap != text.startIndex { head = try groups(text[..<gap], in: text, last: false) }
      if !rest.isEmpty { tail = try groups(rest, in: text, last: true) }
      guard head.count + tail.count < 8 else {
        throw IPAddressParseError(text, "IPv6 has eight groups, and '::' stands for at least one")
      }
    } else {
      head = try groups(text, in: text, last: true)
      guard head.count == 8 else {
        throw IPAddressParseError(text, "IPv6 has eight groups, or fewer with '::' among them")
      }
    }
    let zeros = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
    let all = head + zeros + tail
    func half(_ groups: ArraySlice<UInt16>) -> UInt64 {
      groups.reduce(0) { $0 << 16 | UInt64($1) }
    }
    return IPAddress(v6High: half(all[..<4]), low: half(all[4...]))
  }

  /// Reads groups with colons between them, of which the very last may be an IPv4 address.
  private static func groups(
    _ text: Substring, in whole: Substring, last: Bool
  ) throws(IPAddressParseError) -> [UInt16] {
    let parts = text.split(separator: ":", maxSplits: 8, omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      guard index < 8 else {
        throw IPAddressParseError(whole, "IPv6 has eight groups, and this has more")
      }
      if last, index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
        let bits = try v4(part, in: whole)
        groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
        continue
      }
      var scanner = ByteScanner(part)
      let (value, count) = scanner.digits(radix: 16)
      guard scanner.isAtEnd, 1...4 ~= count, let value else {
        throw IPAddressParseError(
          whole, "\(part.quoted) is no group of one to four hexadecimal digits")
      }
      groups.append(UInt16(value))
    }
    return groups
  }
}

extension Substring {
  /// Where the first `::` begins.
  fileprivate var firstIndexOfDoubleColon: Index? {
    var previous: UInt8 = 0
    for index in utf8.indices {
      let byte = utf8[index]
      if byte == UInt8(ascii: ":"), previous == byte { return utf8.index(before: index) }
      previous = byte
    }
    return nil
  }
}

/// Why a text is no IP address.
public struct IPAddressParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text as it was given.
  public var text: String
  /// What is wrong with it.
  public var reason: String

  /// Makes an error.
  public init(text: String, reason: String) {
    self.text = text
    self.reason = reason
  }

  init(_ text: Substring, _ reason: String) {
    self.init(text: String(text), reason: reason)
  }

  /// One line: the text, and what is wrong with it.
  public var description: String { "malformed IP address \(text.quoted): \(reason)" }
}
