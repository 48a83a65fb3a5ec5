//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension [UInt8] {
  /// The bytes that hexadecimal digits stand for; spaces are passed over.
  init(hex: String) {
    let digits = hex.filter { $0 != " " }.map { UInt8($0.hexDigitValue ?? 0) }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  var hex: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Anything that the codec can express, as it stands in the bytes.
indirect enum Item: Codable, Equatable {
  case null
  case bool(Bool)
  case integer(Int128)
  case unsigned(UInt128)
  case float(UInt64)
  case text(String)
  case bytes([UInt8])
  case array([Item])
  case map([Key: Item])

  struct Key: CodingKey, Hashable {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
      self.stringValue = stringValue
      intValue = nil
    }

    init(intValue: Int) {
      stringValue = "\(intValue)"
      self.intValue = intValue
    }
  }

  init(from decoder: any Decoder) throws {
    if let map = try? decoder.container(keyedBy: Key.self) {
      var values: [Key: Item] = [:]
      for key in map.allKeys { values[key] = try map.decode(Item.self, forKey: key) }
      self = .map(values)
    } else if var array = try? decoder.unkeyedContainer() {
      var items: [Item] = []
      while !array.isAtEnd { items.append(try array.decode(Item.self)) }
      self = .array(items)
    } else {
      self = try Item(single: try decoder.singleValueContainer())
    }
  }

  private init(single: any SingleValueDecodingContainer) throws {
    if single.decodeNil() {
      self = .null
    } else if let bool = try? single.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? single.decode(Int128.self) {
      self = .integer(integer)
    } else if let unsigned = try? single.decode(UInt128.self) {
      self = .unsigned(unsigned)
    } else if let float = try? single.decode(Double.self) {
      self = .float(float.bitPattern)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else {
      self = .bytes(try single.decode([UInt8].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var single: any SingleValueEncodingContainer { encoder.singleValueContainer() }
    switch self {
    case .null:
      var container = single
      try container.encodeNil()
    case .bool(let value): try encode(value, single)
    case .integer(let value): try encode(value, single)
    case .unsigned(let value): try encode(value, single)
    case .float(let value): try encode(Double(bitPattern: value), single)
    case .text(let value): try encode(value, single)
    case .bytes(let value): try encode(value, single)
    case .array(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    case .map(let items):
      var container = encoder.container(keyedBy: Key.self)
      for (key, item) in items.sorted(by: { $0.key.stringValue < $1.key.stringValue }) {
        try container.encode(item, forKey: key)
      }
    }
  }

  private func encode(
    _ value: some Encodable, _ container: any SingleValueEncodingContainer
  ) throws {
    var container = container
    try container.encode(value)
  }
}

/// A value with all that a message may be made of.
struct Sample: Codable, Equatable {
  enum Color: String, Codable, CaseIterable {
    case red, green
    case blue = "bl ue"
  }

  enum Shape: Codable, Equatable {
    case point
    case circle(radius: Double)
    case path([Int16], closed: Bool?)
    indirect case group([Shape], name: String)
  }

  struct Compact: Codable, Equatable {
    var first: Int
    var second: String?

    enum CodingKeys: Int, CodingKey {
      case first = 1
      case second = -300
    }
  }

  var small: Int8
  var medium: UInt32
  var large: UInt64
  var negative: Int64
  var huge: Int128
  var hugeUnsigned: UInt128
  var single: Float
  var double: Double
  var flag: Bool
  var text: String
  var bytes: [UInt8]
  var missing: Int?
  var present: String?
  var optionals: [Int?]
  var numbers: [Double]
  var names: [String: Int]
  var byNumber: [Int: String]
  var byShape: [UInt8: Color]
  var set: Set<String>
  var color: Color
  var shape: Shape
  var compact: Compact
  var duration: Duration
  var range: Range<Int>
  var address: NetworkAddress
  var children: [Sample]
}

extension Sample {
  /// A value that a generator decides.
  init(_ generator: inout SplitMix64, depth: Int = 3) {
    func list<T>(_ make: (inout SplitMix64) -> T) -> [T] {
      (0..<Int.random(in: 0...4, using: &generator)).map { _ in make(&generator) }
    }
    small = Int8(truncatingIfNeeded: generator.integer())
    medium = UInt32(truncatingIfNeeded: generator.integer())
    large = generator.integer()
    negative = Int64(bitPattern: generator.integer())
    huge = Int128(negative) << generator.below(64)
    hugeUnsigned = UInt128(generator.integer()) << generator.below(64)
    single = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()) & 0x7F7F_FFFF)
    double = generator.double()
    flag = generator.below(2) == 0
    text = generator.text()
    bytes = (0..<generator.below(40)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    missing = generator.below(2) == 0 ? nil : Int(generator.below(100))
    present = generator.below(2) == 0 ? nil : generator.text()
    optionals = list { $0.below(2) == 0 ? nil : Int($0.below(1_000)) }
    numbers = list { $0.double() }
    names = .init(list { ($0.text(), Int($0.below(500))) }) { $1 }
    byNumber = .init(list { (Int(truncatingIfNeeded: $0.integer()), $0.text()) }) { $1 }
    byShape = .init(list { (UInt8($0.below(256)), Color.allCases[$0.below(3)]) }) { $1 }
    set = Set(list { $0.text() })
    color = Color.allCases[generator.below(3)]
    shape = generator.shape(depth: 3)
    compact = Compact(first: generator.below(70_000), second: missing == nil ? nil : text)
    duration = Duration(
      secondsComponent: Int64(generator.below(1 << 40)), attosecondsComponent: 1)
    range = 3..<3 + generator.below(100)
    address = NetworkAddress(
      ip: IPAddress(v6High: generator.integer(), low: generator.integer()), port: 9, flags: .tls)
    children = depth == 0 ? [] : list { Sample(&$0, depth: depth - 3) }
  }
}

extension SplitMix64 {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// An integer of any length in bits.
  mutating func integer() -> UInt64 { next() >> below(64) }

  mutating func double() -> Double {
    switch below(3) {
    case 0: Double(below(2_000)) / 8
    case 1: Double(Float(bitPattern: UInt32(truncatingIfNeeded: next()) & 0x7F7F_FFFF))
    default: Double(bitPattern: next() & 0xFFEF_FFFF_FFFF_FFFF)
    }
  }

  mutating func text() -> String {
    let alphabet = Array("ab7-0 éß水\u{10151}\u{FFFD}")
    return String((0..<below(30)).map { _ in alphabet[below(alphabet.count)] })
  }

  mutating func shape(depth: Int) -> Sample.Shape {
    switch below(depth == 0 ? 3 : 4) {
    case 0: .point
    case 1: .circle(radius: double())
    case 2: .path((0..<below(4)).map { _ in Int16(truncatingIfNeeded: next()) }, closed: nil)
    default: .group((0..<below(3)).map { _ in shape(depth: depth - 1) }, name: text())
    }
  }
}
