//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Writes CBOR as a list of orders says, most of it well formed, so that what is almost right is
/// common: counts fit, lengths fit, and numbers are those at the borders.
///
/// An order is a byte or two: what is written, and a choice. Numbers out of nothing but mutations
/// would hardly ever be 65,535 in five bytes.
struct CBORWriter {
  private static let numbers: [UInt64] = [
    0, 1, 23, 24, 255, 256, 65_535, 65_536, 1 << 32 - 1, 1 << 32, 1 << 63 - 1, 1 << 63, .max,
  ]
  private static let texts: [[UInt8]] = [
    [], [0x61], [0x62], [0x61, 0x61], [0x37], [0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0xa0, 0x80],
    [0xed, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xee, 0x80, 0x80], [0xef, 0xbf, 0xbf],
    [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xc1, 0xbf],
    [0xe0, 0x9f, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xc3], [0x80], [0x65, 0xcc, 0x81], [0xc3, 0xa9],
  ]
  private static let floats: [Double] = [
    0, -0.0, 1.5, 65_504, 65_505, 65_520, 0x1p-24, 0x1p-25, 0x1.ffcp-15, .infinity, -.infinity,
    .nan, 0.1, 3.4028234663852886e+38, 1e300, 0x1p-149, .leastNonzeroMagnitude,
  ]

  private var orders: ArraySlice<UInt8>
  private(set) var bytes: [UInt8] = []

  /// Writes what the orders say. What they leave open is closed with nulls.
  init(orders: ArraySlice<UInt8>) {
    self.orders = orders
    item(depth: 0)
  }

  private mutating func next() -> Int { Int(orders.popFirst() ?? 0xff) }

  private mutating func item(depth: Int) {
    guard !orders.isEmpty, bytes.count < 4_000 else {
      bytes.append(0xf6)
      return
    }
    let order = next()
    switch order % 10 {
    case 0: head(UInt8(order / 10 % 2), number())
    case 1: simple(order / 10)
    case 2: float()
    case 3: text()
    case 4: string(2, [UInt8](repeating: 7, count: next() % 30))
    case 5: bignum(UInt8(2 + order / 10 % 2))
    case 6: nested(next(), depth: depth)
    case 7: map(next() % 6, depth: depth)
    case 8: array(next() % 6, depth: depth)
    // A byte of the orders as it is.
    default: bytes.append(UInt8(next()))
    }
  }

  private mutating func number() -> UInt64 {
    let choice = next()
    return Self.numbers[choice % Self.numbers.count] &+ (choice > 200 ? 1 : 0)
  }

  /// Writes a head: mostly the shortest, else one that is longer, or cut.
  private mutating func head(_ major: UInt8, _ argument: UInt64) {
    let sizes = [1, 2, 4, 8].filter { $0 == 8 || argument >> (8 * UInt64($0)) == 0 }
    let choice = next()
    if argument < 24, choice % 8 != 7 {
      bytes.append(major << 5 | UInt8(argument))
      return
    }
    let size = choice % 8 == 7 ? sizes[choice / 8 % sizes.count] : sizes[0]
    bytes.append(major << 5 | UInt8(24 + size.trailingZeroBitCount))
    for index in (0..<size).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: argument >> (8 * UInt64(index))))
    }
  }

  private mutating func string(_ major: UInt8, _ content: [UInt8]) {
    head(major, UInt64(content.count))
    bytes += content
  }

  private mutating func text() {
    let count = next() % 4
    string(3, (0..<count).flatMap { _ in Self.texts[next() % Self.texts.count] })
  }

  private mutating func simple(_ choice: Int) { bytes.append(UInt8(0xf4 + choice % 4)) }

  private mutating func float() {
    let value = Self.floats[next() % Self.floats.count]
    switch next() % 4 {
    case 0: put(0xfb, value.bitPattern, 8)
    case 1: put(0xfa, UInt64(Float(value).bitPattern), 4)
    case 2: put(0xf9, UInt64(UInt8(next())) << 8 | UInt64(UInt8(next())), 2)
    default: put(0xf9, value.isNaN ? 0x7e00 : value == 0 ? 0 : 0x3c00, 2)
    }
  }

  private mutating func put(_ first: UInt8, _ number: UInt64, _ count: Int) {
    bytes.append(first)
    for index in (0..<count).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))))
    }
  }

  private mutating func bignum(_ tag: UInt8) {
    head(6, UInt64(tag))
    let count = 7 + next() % 12
    string(2, [UInt8(next())] + [UInt8](repeating: 0xff, count: count))
  }

  /// Arrays or maps in each other, around the limit of the depth.
  private mutating func nested(_ choice: Int, depth: Int) {
    guard depth == 0 else { return array(1, depth: depth) }
    for index in 0..<(choice < 128 ? choice % 8 : 120 + choice % 12) {
      bytes += (index + choice) % 2 == 0 ? [0x81] : [0xa1, 0x01]
    }
    item(depth: depth + 1)
  }

  private mutating func array(_ count: Int, depth: Int) {
    head(4, UInt64(count))
    for _ in 0..<count { item(depth: depth + 1) }
  }

  /// A map, in order or as it comes.
  private mutating func map(_ count: Int, depth: Int) {
    let isSorted = next() % 4 != 3
    let start = bytes.count
    var members: [(key: [UInt8], value: [UInt8])] = []
    for _ in 0..<count {
      bytes.removeSubrange(start...)
      key()
      let key = Array(bytes[start...])
      bytes.removeSubrange(start...)
      item(depth: depth + 1)
      members.append((key, Array(bytes[start...])))
    }
    bytes.removeSubrange(start...)
    if isSorted { members.sort { $0.key.lexicographicallyPrecedes($1.key) } }
    head(5, UInt64(count))
    for member in members { bytes += member.key + member.value }
  }

  /// A key of ``Message``, as a number or as text, or another one.
  private mutating func key() {
    let choice = next()
    switch choice % 8 {
    case 0...3: head(0, UInt64(choice / 8 % 20))
    case 4: head(1, [0, 299, 1 << 63 - 1, 1 << 63][choice / 8 % 4])
    case 5: head(0, number())
    default: text()
    }
  }
}
