//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct UIDTests {
  @Test func `the text has 32 digits and is read back`() throws {
    let id = UID(first: 0x0123_4567_89AB_CDEF, second: 0xFEDC_BA98_7654_3210)
    #expect("\(id)" == "0123456789abcdeffedcba9876543210")
    #expect("\(UID(first: 0, second: 10))" == "0000000000000000000000000000000a")
    #expect(try UID(parsing: "0123456789abcdefFEDCBA9876543210") == id)
    var generator = SplitMix64(seed: 1)
    for _ in 0..<1_000 {
      let id = UID(first: generator.next(), second: generator.next())
      #expect(try UID(parsing: "\(id)") == id)
    }
  }

  @Test(arguments: [
    "", "0", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
    "0123456789abcdefgedcba9876543210", "0x23456789abcdeffedcba9876543210",
    "+123456789abcdeffedcba9876543210", " 123456789abcdeffedcba9876543210",
    "0123456789abcdeffedcba987654321\n", "01234567-89abcdef-fedcba98765432",
    "0123456789abcdeffedcba987654321é", "0123456789abcdeffedcba98765432\u{e9}",
    "０123456789abcdeffedcba9876543",
  ])
  func `anything but 32 digits is refused`(text: String) {
    #expect(throws: UIDParseError.self) { try UID(parsing: text) }
  }

  @Test func `an error names the text on one line`() {
    let error = #expect(throws: UIDParseError.self) { try UID(parsing: "a\nb\u{1F300}\u{1B}") }
    #expect(
      error.map { "\($0)" } == """
        malformed UID "a\\nb\\u{0001F300}\\u{1B}": an id has 32 hexadecimal digits, and nothing else
        """)
    let long = #expect(throws: UIDParseError.self) {
      try UID(parsing: String(repeating: "x", count: 100_000))
    }
    #expect((long?.description.utf8.count ?? .max) < 200)
  }

  @Test func `a well-known id has all bits of its first half set`() {
    #expect("\(UID(.ping))" == "ffffffffffffffff0000000000000001")
    #expect(UID(.ping).isWellKnown)
    #expect(UID(.ping).wellKnownToken == .ping)
    #expect(!UID(first: 1, second: 1).isWellKnown)
    #expect(UID(first: 1, second: 1).wellKnownToken == nil)
  }

  @Test func `only the id of zeros is invalid`() {
    #expect(!UID.invalid.isValid)
    #expect(UID(first: 1, second: 0).isValid)
    #expect(UID(first: 0, second: 1).isValid)
  }

  /// (first, second, index, first of the result, second of the result)
  @Test(
    arguments: [
      (0x10, 0x20, 0, 0x10, 0x20),
      (0x10, 0x20, 3, 0x3_0000_0010, 0x23),
      (.max, 1, 1, 0x0000_0000_FFFF_FFFF, 2),
      (
        0xFFFF_FFFF_0000_0007, 0xABCD_EF01_FFFF_FFFF, 2, 0x0000_0001_0000_0007,
        0xABCD_EF01_0000_0001
      ),
      (0, 0, .max, 0xFFFF_FFFF_0000_0000, 0x0000_0000_FFFF_FFFF),
    ] as [(UInt64, UInt64, UInt32, UInt64, UInt64)])
  func `an index goes into both halves, and carries nowhere`(
    first: UInt64, second: UInt64, index: UInt32, newFirst: UInt64, newSecond: UInt64
  ) {
    let adjusted = UID(first: first, second: second).adjusted(by: index)
    #expect(adjusted == UID(first: newFirst, second: newSecond))
  }

  @Test func `ids are ordered as their texts are`() {
    let ids = [
      UID(first: 0, second: 0), UID(first: 0, second: .max), UID(first: 1, second: 0),
      UID(first: 1 << 63, second: 5), UID(.endpointNotFound), UID(.ping),
    ]
    #expect(ids.reversed().sorted() == ids)
    #expect(ids.map { "\($0)" } == ids.map { "\($0)" }.sorted())
  }

  @Test func `tokens of the transport come first in the reserved range`() {
    let tokens: [WellKnownToken] = [
      .endpointNotFound, .ping, .unauthorizedEndpoint, .firstAvailable,
    ]
    #expect(tokens.map(\.rawValue) == [0, 1, 2, 3])
    #expect(WellKnownToken.reserved.count == 64)
    #expect(WellKnownToken(rawValue: 63).isReserved)
    #expect(!WellKnownToken(rawValue: 64).isReserved)
    #expect(
      tokens.map { "\($0)" } == [
        "endpointNotFound", "ping", "unauthorizedEndpoint", "token 3",
      ])
  }
}
