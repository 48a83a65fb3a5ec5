//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// An identifier of 128 bits, in two halves.
///
/// Ids are drawn at random, so that two of them never meet by chance, or are well known
/// (``init(_:)``): both sides know them without asking.
///
/// The text is 32 hexadecimal digits, the first half first. It is also how an id is coded.
public struct UID: Sendable, Hashable, Comparable, TextForm {
  /// The half that stands first in the text.
  public var first: UInt64
  /// The half that stands last in the text.
  public var second: UInt64

  /// Makes an id of two halves.
  public init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  /// The id of a well-known token: all bits of the first half are set, the second is the token.
  public init(_ token: WellKnownToken) {
    self.init(first: .max, second: token.rawValue)
  }

  /// The id that names nothing; both halves are zero.
  public static let invalid = UID(first: 0, second: 0)

  /// Whether the id can name something, which all ids but ``invalid`` can.
  public var isValid: Bool { first != 0 || second != 0 }

  /// Whether all bits of the first half are set, as in every well-known id.
  public var isWellKnown: Bool { first == .max }

  /// The token of a well-known id; nil for all others.
  public var wellKnownToken: WellKnownToken? {
    isWellKnown ? WellKnownToken(rawValue: second) : nil
  }

  /// The id at an index in the family of this one, as the methods of one interface are numbered.
  ///
  /// The index is added to the upper 32 bits of the first half and to the lower 32 bits of the
  /// second; neither sum carries into the other bits. An index of 0 gives the id itself. What
  /// another index makes of a well-known id is not well known.
  public func adjusted(by index: UInt32) -> UID {
    let low = UInt32(truncatingIfNeeded: second) &+ index
    return UID(
      first: first &+ UInt64(index) << 32, second: second & 0xFFFF_FFFF_0000_0000 | UInt64(low))
  }

  /// Reads the 32 hexadecimal digits of an id, in either case, with nothing around them.
  public init(parsing text: String) throws(UIDParseError) {
    var scanner = ByteScanner(text[...])
    let (first, digits) = scanner.digits(radix: 16, atMost: 16)
    let (second, moreDigits) = scanner.digits(radix: 16, atMost: 16)
    guard scanner.isAtEnd, digits + moreDigits == 32, let first, let second else {
      let reason = "an id has 32 hexadecimal digits, and nothing else"
      throw UIDParseError(text: text, reason: reason)
    }
    self.init(first: first, second: second)
  }

  /// The 32 hexadecimal digits, in lower case.
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      for index in 0..<32 {
        let half = index < 16 ? first : second
        let digit = UInt8(truncatingIfNeeded: half >> (60 - UInt64(index % 16) * 4)) & 0xF
        buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 32
    }
  }

  public static func < (a: UID, b: UID) -> Bool {
    (a.first, a.second) < (b.first, b.second)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }

  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// Why a text is no id.
public struct UIDParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text as it was given.
  public var text: String
  /// What is wrong with it.
  public var reason: String

  /// Makes an error.
  public init(text: String, reason: String) {
    self.text = text
    self.reason = reason
  }

  /// One line: the text, and what is wrong with it.
  public var description: String { "malformed UID \(text.quoted): \(reason)" }
}
