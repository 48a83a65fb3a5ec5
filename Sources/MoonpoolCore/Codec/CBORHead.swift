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
  private(set) var argument: UInt64
  /// How many bytes the head has, from 1 to 9.
  private(set) var length: Int

  /// Reads the head at an offset where there is one.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) {
    self.init(ofOneByte: bytes[offset])
    if information >= 24 {
      length += Self.argumentSize(information)
      argument = Self.number(bytes, offset + 1, size: length - 1)
    }
  }

  /// A head whose argument is in its first byte.
  @inline(__always)
  init(ofOneByte byte: UInt8) {
    // Three bits always name a major type.
    major = CBORMajor(rawValue: byte >> 5) ?? .simple
    information = byte & 0x1F
    argument = UInt64(information)
    length = 1
  }

  /// An argument of 1, 2, 4 or 8 bytes.
  @inline(__always)
  private static func number(
    _ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int, size: Int
  ) -> UInt64 {
    let memory = UnsafeRawBufferPointer(bytes)
    switch size {
    case 1: return UInt64(bytes[offset])
    case 2: return UInt64(memory.loadUnaligned(fromByteOffset: offset, as: UInt16.self).bigEndian)
    case 4: return UInt64(memory.loadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian)
    default: return memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
    }
  }

  /// How many bytes the argument takes after the first one, for 24...27.
  static func argumentSize(_ information: UInt8) -> Int { 1 << Int(information - 24) }

  /// How many bytes the longest head has.
  static let maximumLength = 9

  /// Writes the shortest head, where there is room for the longest.
  ///
  /// - Returns: How many bytes it has.
  @inline(__always)
  static func write(
    _ major: CBORMajor, _ argument: UInt64, to place: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let type = major.rawValue << 5
    if argument < 24 {
      place[0] = type | UInt8(truncatingIfNeeded: argument)
      return 1
    }
    // The argument at the upper end of 8 bytes, most of which may be written over later.
    let (information, size): (UInt8, Int) =
      switch argument {
      case ...UInt64(UInt8.max): (24, 1)
      case ...UInt64(UInt16.max): (25, 2)
      case ...UInt64(UInt32.max): (26, 4)
      default: (27, 8)
      }
    place[0] = type | information
    let bits = (argument << UInt64(64 - 8 * size)).bigEndian
    UnsafeMutableRawPointer(place + 1).storeBytes(of: bits, as: UInt64.self)
    return 1 + size
  }

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

extension GrowableBuffer<UInt8> {
  /// Appends a head with the shortest argument.
  @inline(__always)
  mutating func appendHead(_ major: CBORMajor, _ argument: UInt64) {
    reserve(CBORHead.maximumLength)
    commit(CBORHead.write(major, argument, to: base + count))
  }

  private mutating func appendBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    UnsafeMutableRawPointer(base + count).storeBytes(of: value.bigEndian, as: T.self)
    commit(MemoryLayout<T>.size)
  }

  /// Appends an integer, as a bignum if it has more than 64 bits.
  @inline(__always)
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
    text.withBytes { utf8 in
      appendHead(.text, UInt64(utf8.count))
      append(utf8)
    }
  }

  mutating func appendBytes(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { bytes in
      appendHead(.bytes, UInt64(bytes.count))
      append(bytes)
    }
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
