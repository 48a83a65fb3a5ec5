//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What RFC 8949 says of bytes, without a thought for speed: they are read as leniently as it
/// allows, written again in the deterministic form, and compared.
struct CBORModel {
  private(set) var isDeterministic = false
  /// Whether there is a number that no type of Swift holds.
  private(set) var hasHugeNumber = false
  private let input: [UInt8]
  private let maximumDepth: Int
  private var position = 0

  init(_ input: [UInt8], maximumDepth: Int) {
    self.input = input
    self.maximumDepth = maximumDepth
    let written = item(depth: 0)
    isDeterministic = written == input
  }

  /// Reads an item. Returns its deterministic form; nil if it isn't one that the codec knows.
  private mutating func item(depth: Int) -> [UInt8]? {
    guard let first = take(1)?.first else { return nil }
    let information = first & 31
    if first >> 5 == 7 { return simple(information) }
    guard let argument = argument(information) else { return nil }
    switch first >> 5 {
    case 0, 1: return Self.head(first >> 5, argument)
    case 2: return content(argument).map { Self.head(2, argument) + $0 }
    case 3: return text(argument)
    case 4, 5:
      guard depth < maximumDepth else { return nil }
      return first >> 5 == 4
        ? array(argument, depth: depth + 1) : map(argument, depth: depth + 1)
    default: return bignum(argument)
    }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= input.count - position else { return nil }
    position += count
    return input[position - count..<position]
  }

  private mutating func argument(_ information: UInt8) -> UInt64? {
    if information < 24 { return UInt64(information) }
    guard information < 28, let bytes = take(1 << Int(information - 24)) else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func content(_ count: UInt64) -> ArraySlice<UInt8>? {
    Int(exactly: count).flatMap { take($0) }
  }

  private mutating func text(_ count: UInt64) -> [UInt8]? {
    guard let bytes = content(count), let text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    return Self.head(3, count) + Array(text.utf8)
  }

  private mutating func array(_ count: UInt64, depth: Int) -> [UInt8]? {
    var result = Self.head(4, count)
    for _ in 0..<count {
      guard let item = item(depth: depth) else { return nil }
      result += item
    }
    return result
  }

  private mutating func map(_ count: UInt64, depth: Int) -> [UInt8]? {
    var members: [(key: [UInt8], value: [UInt8])] = []
    for _ in 0..<count {
      guard position < input.count, let key = key(), let value = item(depth: depth) else {
        return nil
      }
      members.append((key, value))
    }
    members.sort { $0.key.lexicographicallyPrecedes($1.key) }
    if zip(members, members.dropFirst()).contains(where: { $0.key == $1.key }) { return nil }
    return members.reduce(into: Self.head(5, count)) { $0 += $1.key + $1.value }
  }

  /// Keys are text, or integers of 64 bits with a sign.
  private mutating func key() -> [UInt8]? {
    let first = input[position]
    guard [0, 1, 3].contains(first >> 5), let key = item(depth: 0) else { return nil }
    return first >> 5 != 3 && key.count == 9 && key[1] >= 128 ? nil : key
  }

  private mutating func bignum(_ tag: UInt64) -> [UInt8]? {
    guard 2...3 ~= tag, let first = take(1)?.first, first >> 5 == 2,
      let count = argument(first & 31), let bytes = content(count)
    else { return nil }
    let number = Array(bytes.drop { $0 == 0 })
    if number.count <= 8 {
      return Self.head(UInt8(tag) - 2, number.reduce(0) { $0 << 8 | UInt64($1) })
    }
    let isHuge = number.count > 16 || tag == 3 && number.count == 16 && number[0] >= 128
    hasHugeNumber = hasHugeNumber || isHuge
    return Self.head(6, tag) + Self.head(2, UInt64(number.count)) + number
  }

  private mutating func simple(_ information: UInt8) -> [UInt8]? {
    switch information {
    case 20...22: return [0xe0 | information]
    case 25: return argument(25).map { Self.float(Self.half(UInt16($0))) }
    case 26: return argument(26).map { Self.float(Double(Float(bitPattern: UInt32($0)))) }
    case 27: return argument(27).map { Self.float(Double(bitPattern: $0)) }
    default: return nil
    }
  }

  // MARK: Writing

  private static func head(_ major: UInt8, _ argument: UInt64) -> [UInt8] {
    let type = major << 5
    if argument < 24 { return [type | UInt8(argument)] }
    let sizes = [1, 2, 4].filter { argument >> (8 * UInt64($0)) == 0 }
    let size = sizes.first ?? 8
    return [type | UInt8(24 + size.trailingZeroBitCount)] + bytes(argument, size)
  }

  private static func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }

  private static func float(_ value: Double) -> [UInt8] {
    if value.isNaN { return [0xf9, 0x7e, 0] }
    if let bits = halves[value.bitPattern] { return [0xf9] + bytes(UInt64(bits), 2) }
    if let single = Float(exactly: value) { return [0xfa] + bytes(UInt64(single.bitPattern), 4) }
    return [0xfb] + bytes(value.bitPattern, 8)
  }

  /// The bits in half precision of all numbers that have some.
  private static let halves = Dictionary(
    (0...UInt16.max).map { (half($0).bitPattern, $0) }, uniquingKeysWith: { first, _ in first })

  /// The number of bits in half precision: 1 for the sign, 5 for the exponent, 10.
  private static func half(_ bits: UInt16) -> Double {
    let fraction = Double(bits & 0x3ff)
    let exponent = Int(bits >> 10 & 31)
    let magnitude =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? Double.infinity : .nan
      default: (1_024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}
