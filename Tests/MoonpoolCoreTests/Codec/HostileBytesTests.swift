//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct HostileBytesTests {
  private let codec = BinaryCodec()

  private func message<T: Decodable>(_ type: T.Type, _ hex: String) -> String {
    let error = #expect(throws: CodecError.self) {
      try codec.decode(type, from: [UInt8](hex: hex))
    }
    return error?.description ?? ""
  }

  @Test(arguments: [
    ("", "the value at byte 0: the bytes end where a value should begin"),
    ("0000", "the value at byte 1: 1 bytes follow the value"),
    ("18", "the value at byte 0: the bytes end within a number"),
    ("1900", "the value at byte 0: the bytes end within a number"),
    ("1b00000000000000", "the value at byte 0: the bytes end within a number"),
    ("1c", "the value at byte 0: the byte begins nothing that is defined"),
    ("1f", "the value at byte 0: the length is indefinite, which is not the deterministic form"),
    ("ff", "the value at byte 0: the length is indefinite, which is not the deterministic form"),
    ("1817", "the value at byte 0: the number 23 is not in its shortest form"),
    ("1900ff", "the value at byte 0: the number 255 is not in its shortest form"),
    ("1a0000ffff", "the value at byte 0: the number 65535 is not in its shortest form"),
    (
      "1b00000000ffffffff", "the value at byte 0: the number 4294967295 is not in its shortest form"
    ),
    ("3817", "the value at byte 0: the number 23 is not in its shortest form"),
    ("580161", "the value at byte 0: the number 1 is not in its shortest form"),
    ("4261", "the value at byte 0: bytes should have 2 bytes, and 1 are left"),
    ("816261", "[0] at byte 1: text should have 2 bytes, and 1 are left"),
    (
      "5bffffffffffffffff00",
      "the value at byte 0: bytes should have 18446744073709551615 bytes, and 1 are left"
    ),
    (
      "7b7fffffffffffffff00",
      "the value at byte 0: text should have 9223372036854775807 bytes, and 1 are left"
    ),
    ("826161", "[1] at byte 3: the bytes end where a value should begin"),
    (
      "9bffffffffffffffff00",
      "the value at byte 0: an array cannot have 18446744073709551615 elements in the 1 bytes left"
    ),
    (
      "bb7fffffffffffffff0000",
      "the value at byte 0: a map cannot have 9223372036854775807 elements in the 2 bytes left"
    ),
    ("a2616101", "the value at byte 0: a map cannot have 2 elements in the 3 bytes left"),
    ("a2616101616102", "a at byte 4: a key occurs twice"),
    ("a2616201616102", "a at byte 4: the keys are not in order"),
    ("a2626161016162f6", "b at byte 5: the keys are not in order"),
    ("a2200a050a", "5 at byte 3: the keys are not in order"),
    ("a2616101050a", "5 at byte 4: the keys are not in order"),
    ("a1410100", "the value at byte 1: a key is bytes instead of text or an integer"),
    ("a1f600", "the value at byte 1: a key is null instead of text or an integer"),
    ("a18000", "the value at byte 1: a key is an array instead of text or an integer"),
    ("a11b800000000000000000", "the value at byte 1: a key has more than 63 bits"),
    ("a161ff00", "the value at byte 2: the text is not UTF-8"),
    // The byte after the text would complete its last character.
    ("8261c380", "[0] at byte 2: the text is not UTF-8"),
    ("f816", "the value at byte 0: simple value 22 has no use here"),
    ("f7", "the value at byte 0: simple value 23 has no use here"),
    ("c100", "the value at byte 0: tag 1 has no use here"),
    ("c200", "the value at byte 0: a bignum is not of bytes"),
    ("c24101", "the value at byte 0: the bignum is not in its shortest form"),
    ("c248ffffffffffffffff", "the value at byte 0: the bignum is not in its shortest form"),
    ("c34a00010000000000000000", "the value at byte 0: the bignum is not in its shortest form"),
    ("fa3fc00000", "the value at byte 0: the floating-point number is not in its shortest form"),
    (
      "fb3ff8000000000000",
      "the value at byte 0: the floating-point number is not in its shortest form"
    ),
    ("f97e01", "the value at byte 0: the floating-point number is not in its shortest form"),
    ("f9fe00", "the value at byte 0: the floating-point number is not in its shortest form"),
    ("fa7fc00001", "the value at byte 0: the floating-point number is not in its shortest form"),
    ("a1616182a16162820061ff00", "a[0].b[1] at byte 10: the text is not UTF-8"),
    (
      "a1630a2022811c",
      #"["\n \""][0] at byte 6: the byte begins nothing that is defined"#
    ),
  ])
  func `malformed bytes are refused, with the place and the reason`(hex: String, reason: String) {
    #expect(message(Item.self, hex) == "cannot decode \(reason)")
  }

  @Test(arguments: [
    "80", "bf", "c0af", "c1bf", "c2", "c27f", "c2c0", "e0a0", "e09fbf", "e080af", "ed9fbfed",
    "eda080", "edbfbf", "f08fbfbf", "f0808080", "f4908080", "f5808080", "f8888080", "fe", "ff",
    "e18080c3", "f0908080ff", "61c3", "f09080",
  ])
  func `text that is not UTF-8 is refused`(hex: String) {
    let bytes = [UInt8](hex: hex)
    #expect(
      message(String.self, [UInt8(0x60 + bytes.count)].hex + hex).hasSuffix("the text is not UTF-8")
    )
    // Also where nobody looks at it.
    let map = [0xA1, UInt8(0x60 + bytes.count)] + bytes + [0x01]
    #expect(throws: CodecError.self) { try codec.decode([String: Int].self, from: map) }
  }

  @Test func `text at the borders of UTF-8 is taken`() throws {
    let text = "\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
    #expect(try codec.decode(String.self, from: codec.encode(text)) == text)
  }

  @Test func `what is not of the asked-for type is refused, with the place and the reason`() {
    struct Message: Codable { var name: String, values: [Int8] }
    #expect(
      message(Int.self, "f6")
        == "cannot decode the value at byte 0: found null instead of an integer")
    #expect(
      message(Message.self, "a2646e616d6505" + "6676616c75657380")
        == "cannot decode name at byte 6: found an integer instead of text")
    #expect(
      message(Message.self, "a2646e616d656178" + "6676616c756573820118" + "80")
        == "cannot decode values[1] at byte 17: the integer is no value of Int8")
    #expect(
      message(Message.self, "a1646e616d656178")
        == "cannot decode the value at byte 0: there is no key \"values\"")
    #expect(message(UInt.self, "20").hasSuffix("the integer is no value of UInt"))
    #expect(message(Int64.self, "3b8000000000000000").hasSuffix("the integer is no value of Int64"))
    #expect(message(UInt64.self, "c249010000000000000000").hasSuffix("no value of UInt64"))
    #expect(
      message(UInt128.self, "c251" + "01" + String(repeating: "00", count: 16)).hasSuffix(
        "no value of UInt128"))
    #expect(
      message(Int128.self, "c250" + "80" + String(repeating: "00", count: 15)).hasSuffix(
        "no value of Int128"))
    #expect(message(Float.self, "fb3ff199999999999a").hasSuffix("1.1 is no value of Float"))
    #expect(
      message(Double.self, "01").hasSuffix("found an integer instead of a floating-point number"))
    #expect(
      message(Int.self, "f93c00").hasSuffix("found a floating-point number instead of an integer"))
    #expect(message(Bool.self, "01").hasSuffix("found an integer instead of a Boolean"))
    #expect(message([Int].self, "a0").hasSuffix("found a map instead of an array"))
    #expect(message([String: Int].self, "80").hasSuffix("found an array instead of a map"))
    #expect(message([UInt8].self, "6161").hasSuffix("found text instead of an array"))
    #expect(message(String.self, "4161").hasSuffix("found bytes instead of text"))
    #expect(message(String.self, "f5").hasSuffix("found a Boolean instead of text"))
    #expect(
      message(String.self, "c249010000000000000000").hasSuffix("found a bignum instead of text"))
    #expect(message(Range<Int>.self, "820201").contains("cannot decode"))
  }

  /// A type that tries several ways to decode each value catches an error for each: were the keys
  /// around them copied whole, a message of 1 MiB could take minutes.
  @Test func `long keys are cut in errors, and nowhere else`() throws {
    struct Probe: Decodable {
      init(from decoder: any Decoder) throws {
        #expect(decoder.codingPath.first?.stringValue.utf8.count == 1_001)
        do {
          _ = try Bool(from: decoder)
        } catch DecodingError.typeMismatch(_, let context) {
          // 399 letters, and a character of two bytes that is not cut in halves.
          let key = context.codingPath.first?.stringValue
          #expect(key == String(repeating: "a", count: 399) + "é")
          throw DecodingError.typeMismatch(Bool.self, context)
        }
      }
    }
    let key = String(repeating: "a", count: 399) + "é" + String(repeating: "b", count: 600)
    let bytes = try codec.encode([key: 1])
    let error = #expect(throws: CodecError.self) {
      try codec.decode([String: Probe].self, from: bytes)
    }
    #expect(error?.path == "[\"" + String(repeating: "a", count: 80) + "\"…]")
  }

  /// A million arrays in each other would overflow the stack of whoever follows them.
  @Test func `depth is limited, and lengths are not believed`() {
    for byte in [0x81, 0xA1, 0xC2, 0x9A] as [UInt8] {
      let bytes = [UInt8](repeating: byte, count: 1_000_000)
      #expect(throws: CodecError.self) { try codec.decode(Item.self, from: bytes) }
    }
    let maps = (0..<1_000_000).map { $0 % 2 == 0 ? 0xA1 : 0x00 } as [UInt8]
    let error = #expect(throws: CodecError.self) { try codec.decode(Item.self, from: maps) }
    #expect(error?.offset == 256)
  }

  /// Whatever the bytes are, they are refused with a place, or are the only bytes of their value.
  private func check(_ bytes: [UInt8]) {
    do throws(CodecError) {
      let item = try codec.decode(Item.self, from: bytes)
      if (try? codec.encode(item)) != bytes { Issue.record("\(bytes.hex) is not the only form") }
    } catch {
      checkError(error, bytes)
    }
    do throws(CodecError) {
      _ = try codec.decode(Sample.self, from: bytes)
    } catch {
      checkError(error, bytes)
    }
  }

  private func checkError(_ error: CodecError, _ bytes: [UInt8]) {
    let isPlaced = error.offset.map { 0...bytes.count ~= $0 } ?? false
    let isOneLine = !error.description.contains { $0.isNewline }
    if !isPlaced || !isOneLine || error.operation != .decode {
      Issue.record("\(error) for \(bytes.hex)")
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `five thousand broken messages per seed are refused or read`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    for round in 0..<5_000 {
      if round % 100 == 0 { bytes = try codec.encode(Sample(&generator, depth: 0)) }
      var broken = bytes
      for _ in 0...generator.below(3) { generator.breakSomething(in: &broken) }
      check(broken)
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `five thousand random inputs per seed are refused or read`(seed: UInt64) {
    var generator = SplitMix64(seed: 1_000 + seed)
    for _ in 0..<5_000 {
      check((0..<generator.below(24)).map { _ in generator.byte() })
    }
  }

  /// What ends early can never be taken for a whole.
  @Test func `every truncation is refused`() throws {
    var generator = SplitMix64(seed: 5)
    let bytes = try codec.encode(Sample(&generator))
    for length in bytes.indices {
      #expect(throws: CodecError.self) {
        try codec.decode(Item.self, from: Array(bytes[..<length]))
      }
    }
  }
}

extension SplitMix64 {
  /// A byte, often one that begins something.
  mutating func byte() -> UInt8 {
    let starts: [UInt8] = [
      0x00, 0x18, 0x1B, 0x20, 0x3B, 0x41, 0x5B, 0x61, 0x7B, 0x81, 0x82, 0x9B, 0xA1, 0xA2, 0xBB,
      0xC2, 0xC3, 0xF4, 0xF6, 0xF9, 0xFA, 0xFB, 0xFF,
    ]
    return below(2) == 0 ? starts[below(starts.count)] : UInt8(truncatingIfNeeded: next())
  }

  mutating func breakSomething(in bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let index = below(bytes.count)
    switch below(6) {
    case 0: bytes[index] ^= 1 << UInt8(below(8))
    case 1: bytes[index] = byte()
    case 2: bytes.insert(byte(), at: index)
    case 3: bytes.remove(at: index)
    case 4: bytes.removeSubrange(index...)
    default:
      let length = min(1 + below(8), bytes.count - index)
      let target = below(bytes.count)
      bytes.insert(contentsOf: bytes[index..<index + length], at: target)
    }
  }
}
