//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct BinaryCodecTests {
  private let codec = BinaryCodec()

  private func roundTrip<T: Codable>(_ value: T) throws -> T {
    try codec.decode(T.self, from: codec.encode(value))
  }

  @Test func `what is encoded is decoded`() throws {
    for seed in 0..<300 as Range<UInt64> {
      var generator = SplitMix64(seed: seed)
      let sample = Sample(&generator)
      let bytes = try codec.encode(sample)
      #expect(try codec.decode(Sample.self, from: bytes) == sample, "seed \(seed)")
      // The same bytes, read without knowing what they mean.
      let item = try codec.decode(Item.self, from: bytes)
      #expect(try codec.encode(item) == bytes, "seed \(seed)")
    }
  }

  @Test func `extreme values come back`() throws {
    #expect(try roundTrip([Int8.min, .max]) == [.min, .max])
    #expect(try roundTrip([Int64.min, .max]) == [.min, .max])
    #expect(try roundTrip([UInt64.min, .max]) == [.min, .max])
    #expect(try roundTrip([Int128.min, .max, -1, 0]) == [.min, .max, -1, 0])
    #expect(try roundTrip([UInt128.min, .max]) == [.min, .max])
    let doubles = [
      Double.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .pi, 65505,
      0x1p-25, 0x1p-149, 0x1p-150, 0x1.004p0, 0x1.002p0, 0x1.ffcp15, 0x1.ffep15, 65520,
    ]
    #expect(try roundTrip(doubles) == doubles)
    #expect(try roundTrip([Float.leastNonzeroMagnitude, 0.1]) == [.leastNonzeroMagnitude, 0.1])
    #expect(try roundTrip([Duration.nanoseconds(-1), .seconds(1) * 1e15]).count == 2)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func `all numbers of half precision take three bytes, and no others do`() throws {
      for pattern in 0...UInt16.max {
        let half = Float16(bitPattern: pattern)
        guard !half.isNaN else { continue }
        let bytes = try codec.encode(Double(half))
        #expect(bytes == [0xF9, UInt8(pattern >> 8), UInt8(pattern & 0xFF)])
        #expect(try codec.decode(Double.self, from: bytes) == Double(half))
        let beside = Float(half).nextUp
        #expect(try codec.encode(beside).count == (beside.isFinite ? 5 : 3))
      }
    }
  #endif

  @Test func `bytes are one string`() throws {
    let bytes = [UInt8](repeating: 7, count: 100_000)
    #expect(try codec.encode(bytes).count == 100_005)
    #expect(try roundTrip(bytes) == bytes)
    #expect(try codec.encode([[1], []] as [[UInt8]]).hex == "82410140")
    #expect(try codec.encode(["a": [1]] as [String: [UInt8]?]).hex == "a161614101")
    // An array of other numbers isn't bytes, even if all of them would fit.
    #expect(try codec.encode([1, 2] as [Int8]).hex == "820102")
    #expect(throws: CodecError.self) { try codec.decode([Int8].self, from: [0x41, 0x01]) }
  }

  @Test func `keys are sorted by their bytes, whatever the order of encoding`() throws {
    struct Message: Codable { var bb = 1, a = 2, c = 3 }
    #expect(try codec.encode(Message()).hex == "a3616102616303" + "62626201")
    let keys = [10, 100, -1, 5].map { ($0, 0) }
    #expect(
      try codec.encode(Dictionary(uniqueKeysWithValues: keys)).hex == "a405000a001864002000")
    #expect(try codec.encode(["b": 0, "aa": 1, "": 2, "7": 3]).hex == "a40703600261620062616101")
  }

  @Test func `equal sets and dictionaries have equal bytes`() throws {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let numbers = (0..<40).map { _ in UInt16.random(in: 0...999, using: &generator) }
      // Room for more elements gives a set another order.
      var roomy = Set<UInt16>(minimumCapacity: 4_000)
      for number in numbers.reversed() { roomy.insert(number) }
      let set = Set(numbers)
      #expect(try codec.encode(set) == codec.encode(roomy))
      var dictionary = [UInt16: Set<UInt16>](minimumCapacity: 4_000)
      for number in set.sorted() { dictionary[number] = [number, 1, 2, 3] }
      let other = dictionary.mapValues { $0 }.filter { _ in true }
      #expect(try codec.encode(dictionary) == codec.encode(other))
      #expect(try codec.encode([set]) == codec.encode([roomy]))
      #expect(try roundTrip(dictionary) == dictionary)
    }
    #expect(try codec.encode([500, 3, 20, 100] as Set).hex == "8403141864" + "1901f4")
    #expect(try codec.encode([30: "a", 2: "b"] as [UInt8: String]).hex == "84026162181e6161")
  }

  @Test func `keys may be integers`() throws {
    let compact = Sample.Compact(first: 5, second: "x")
    #expect(try codec.encode(compact).hex == "a2010539012b6178")
    #expect(try roundTrip(compact) == compact)
  }

  /// "7" and 7 are the same key to a dictionary of texts, and "07" is another one.
  @Test func `keys that look like numbers come back as they were`() throws {
    let texts = ["7": 1, "07": 2, "-7": 3, "+7": 4, "-0": 5, "": 6, "9223372036854775808": 7]
    #expect(try roundTrip(texts) == texts)
    struct Message: Codable, Equatable {
      var value: Int
      enum CodingKeys: String, CodingKey { case value = "42" }
    }
    #expect(try codec.decode(Message.self, from: codec.encode(["42": 1])) == Message(value: 1))
    #expect(
      try codec.decode([String: Int].self, from: codec.encode(Message(value: 1))) == ["42": 1])
    #expect(try codec.decode([Int: Int].self, from: codec.encode(Message(value: 1))) == [42: 1])
    struct Padded: Codable {
      var value: Int
      enum CodingKeys: String, CodingKey { case value = "042" }
    }
    let other = try codec.encode(["42": 1])
    #expect(throws: CodecError.self) { try codec.decode(Padded.self, from: other) }
    let named = try codec.decode(Sample.Compact.self, from: codec.encode(["first": 9]))
    #expect(named == Sample.Compact(first: 9))
  }

  @Test func `enumerations with values, and values in line`() throws {
    #expect(try codec.encode(Sample.Shape.point).hex == "a165706f696e74a0")
    #expect(
      try codec.encode(Sample.Shape.circle(radius: 1)).hex
        == "a166636972636c65a166726164697573f93c00")
    #expect(try codec.encode(Sample.Color.blue).hex == "65626c207565")
    struct Empty: Codable {}
    #expect(try codec.encode(Empty()).hex == "a0")
    #expect(try codec.encode([Empty(), Empty()]).hex == "82a0a0")
    _ = try roundTrip(Empty())
  }

  @Test func `keys that nobody asks for are passed over, with all that is in them`() throws {
    struct Old: Codable, Equatable { var b: Int, z: [Int] }
    let item = Item.map([
      .init(stringValue: "a"): .array([.map([.init(intValue: 1): .array([])]), .bytes([1, 2])]),
      .init(stringValue: "b"): .integer(1),
      .init(stringValue: "c"): .integer(.max),
      .init(stringValue: "d"): .map([:]),
      .init(stringValue: "z"): .array([.integer(1), .integer(2)]),
    ])
    #expect(try codec.decode(Old.self, from: codec.encode(item)) == Old(b: 1, z: [1, 2]))
  }

  @Test func `a large map and a large array`() throws {
    let map = Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("key \($0)", $0) })
    #expect(try roundTrip(map) == map)
    let array = Array(-50_000..<50_000)
    #expect(try roundTrip(array) == array)
  }

  @Test func `a codec can be chosen at run time`() throws {
    let codec: any MessageCodec = BinaryCodec()
    #expect(try codec.decode(Int.self, from: codec.encode(5)) == 5)
  }
}

@Suite struct IdentityCodingTests {
  private let codec = BinaryCodec()

  private func check<T: Codable & Hashable>(_ value: T, as text: String) throws {
    let bytes = try codec.encode(value)
    #expect(try codec.decode(T.self, from: bytes) == value)
    #expect(try codec.decode(String.self, from: bytes) == text)
    #expect(try codec.decode([T: Int].self, from: codec.encode([value: 1])) == [value: 1])
  }

  @Test func `ids and addresses are coded as their texts`() throws {
    let address = NetworkAddress(ip: .loopbackV6, port: 4500, flags: [.tls, .public])
    try check(UID(first: 1, second: .max), as: "0000000000000001ffffffffffffffff")
    try check(IPAddress(10, 0, 0, 1), as: "10.0.0.1")
    try check(address, as: "[::1]:4500:tls:public")
    try check(NodeAddress(address: address, generation: 9), as: "[::1]:4500:tls:public@gen9")
  }

  @Test func `the other types of identity come back`() throws {
    func check<T: Codable & Equatable>(_ value: T) throws {
      #expect(try codec.decode(T.self, from: codec.encode(value)) == value)
    }
    let address = NetworkAddress(ip: .loopback, port: 1)
    try check(Endpoint(address: address, wellKnown: .ping))
    try check(WellKnownToken(rawValue: .max))
    try check(address.flags)
    try check([NetworkAddress.Flags.tls, .public])
    try check(Locality(datacenter: "dc", machine: "m"))
    try check(Locality())
    try check(LocalityLevel.allCases)
    try check(LocalityDistance.allCases)
  }

  @Test func `decoding is as strict as parsing, and says why`() throws {
    let bytes = try codec.encode(["1.2.3.4:80", "1.2.3.4:080"])
    let error = #expect(throws: CodecError.self) {
      try codec.decode([NetworkAddress].self, from: bytes)
    }
    #expect(
      error?.description == """
        cannot decode [1] at byte 12: malformed network address "1.2.3.4:080": the port is no \
        decimal number from 0 to 65535 without zeros at the front
        """)
  }
}
