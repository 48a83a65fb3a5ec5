//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What kind of item begins: the three upper bits of its first byte (RFC 8949, section 3.1).
enum CBORMajor: UInt8 {
  case unsigned = 0
  case negative
  case bytes
  case text
  case array
  case map
  case tag
  case simple
}

/// The start of an item: its kind, and a number whose meaning depends on the kind.
struct CBORHead {
  static let falseByte: UInt8 = 0xF4
  static let trueByte: UInt8 = 0xF5
  static let nullByte: UInt8 = 0xF6

  static let positiveBignum: UInt64 = 2
  static let negativeBignum: UInt64 = 3

  let major: CBORMajor
  /// The five lower bits of the first byte: the argument, or the length of the argument.
  let information: UInt8
  let argument: UInt64
  /// How many bytes the head has, from 1 to 9.
  let length: Int

  /// Reads the head at an offset where there is one.
  @inline(__always)
  init(_ bytes: [UInt8], at offset: Int) {
    let first = bytes[offset]
    // Three bits always name a major type.
    major = CBORMajor(rawValue: first >> 5) ?? .simple
    information = first & 0x1F
    if information < 24 {
      argument = UInt64(information)
      length = 1
    } else {
      let size = Self.argumentSize(information)
      argument = Self.number(bytes[(offset + 1)..<(offset + 1 + size)])
      length = 1 + size
    }
  }

  @inline(never)
  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// How many bytes the argument takes after the first one, for 24...27.
  static func argumentSize(_ information: UInt8) -> Int { 1 << Int(information - 24) }

  var isNull: Bool { major == .simple && information == Self.nullByte & 0x1F }

  /// How many bytes of content follow the head, apart from other items.
  var contentLength: Int { major == .bytes || major == .text ? Int(argument) : 0 }

  /// What begins here, for messages.
  var name: String {
    switch major {
    case .unsigned, .negative: "an integer"
    case .bytes: "bytes"
    case .text: "text"
    case .array: "an array"
    case .map: "a map"
    case .tag: "a bignum"
    case .simple:
      switch information {
      case 20, 21: "a Boolean"
      case 22: "null"
      default: "a floating-point number"
      }
    }
  }
}

extension [UInt8] {
  /// Appends a head with the shortest argument.
  mutating func appendHead(_ major: CBORMajor, _ argument: UInt64) {
    let type = major.rawValue << 5
    switch argument {
    case 0..<24: append(type | UInt8(argument))
    case ...UInt64(UInt8.max):
      append(type | 24)
      append(UInt8(argument))
    case ...UInt64(UInt16.max):
      append(type | 25)
      appendBigEndian(UInt16(argument))
    case ...UInt64(UInt32.max):
      append(type | 26)
      appendBigEndian(UInt32(argument))
    default:
      append(type | 27)
      appendBigEndian(argument)
    }
  }

  mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// Appends an integer, as a bignum if it has more than 64 bits.
  mutating func appendInteger<T: FixedWidthInteger>(_ value: T) {
    let isNegative = value < 0
    let magnitude = isNegative ? ~value : value
    if let argument = UInt64(exactly: magnitude) {
      appendHead(isNegative ? .negative : .unsigned, argument)
      return
    }
    appendHead(.tag, isNegative ? CBORHead.negativeBignum : CBORHead.positiveBignum)
    let count = (magnitude.bitWidth - magnitude.leadingZeroBitCount + 7) / 8
    appendHead(.bytes, UInt64(count))
    for index in (0..<count).reversed() {
      append(UInt8(truncatingIfNeeded: magnitude >> (8 * index)))
    }
  }

  mutating func appendText(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      appendHead(.text, UInt64(utf8.count))
      append(contentsOf: utf8)
    }
  }

  mutating func appendBytes(_ bytes: [UInt8]) {
    appendHead(.bytes, UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  /// Appends a number in the shortest form that keeps its value.
  mutating func appendFloat(_ value: Double) {
    switch CBORFloat(value) {
    case .half(let bits):
      append(0xF9)
      appendBigEndian(bits)
    case .single(let single):
      append(0xFA)
      appendBigEndian(single.bitPattern)
    case .double(let double):
      append(0xFB)
      appendBigEndian(double.bitPattern)
    }
  }
}
