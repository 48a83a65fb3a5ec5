//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct IPAddressTests {
  /// (text that is read, text that is written)
  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0"),
    ("127.0.0.1", "127.0.0.1"),
    ("255.255.255.255", "255.255.255.255"),
    ("10.0.100.9", "10.0.100.9"),
    ("::", "::"),
    ("::1", "::1"),
    ("1::", "1::"),
    ("0:0:0:0:0:0:0:0", "::"),
    ("0:0:0:0:0:0:0:1", "::1"),
    ("0::0", "::"),
    ("2001:DB8::1", "2001:db8::1"),
    ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"),
    // RFC 5952 section 4.2.2: one group of zeros isn't shortened, though it is understood.
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    // Section 4.2.3: the longest run, and the first of two that are equally long.
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:0:0:2:0:0:0:0", "1:0:0:2::"),
    ("0:0:1:0:0:0:0:0", "0:0:1::"),
    ("fe80::0204:61ff:fe9d:f156", "fe80::204:61ff:fe9d:f156"),
    ("::ffff:192.0.2.128", "::ffff:192.0.2.128"),
    ("::FFFF:c000:0280", "::ffff:192.0.2.128"),
    ("::192.0.2.128", "::c000:280"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("1:2:3:4:5:6:255.254.0.1", "1:2:3:4:5:6:fffe:1"),
    ("1:2:3:4:5::255.254.0.1", "1:2:3:4:5:0:fffe:1"),
    ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
  ])
  func `an address is read in any form and written in one`(text: String, canonical: String) throws {
    let address = try IPAddress(parsing: text)
    #expect("\(address)" == canonical)
    #expect(try IPAddress(parsing: canonical) == address)
  }

  @Test(arguments: [
    "", " ", ".", "...", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.",
    "01.2.3.4", "1.2.3.04", "00.0.0.0", "1.2.3.256", "1.2.3.1000", "1.2.3.99999999999999999999999",
    "1.2.3.-4", "1.2.3.+4", "1.2.3.0x4", "1.2.3.a", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "1,2,3,4",
    "1.2.3.4/8", "localhost", "2130706433", "１.2.3.4", "1\u{301}.2.3.4",
    ":", ":::", "::::", ":1", "1:", ":1::", "1:::2", "1::2::3", "::1::", "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:", ":1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
    "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "00001::", "g::", "::g", "-1::", "+1::",
    "0x1::", " ::1", "::1 ", "[::1]", "::1%eth0", "fe80::1%1", "::1/128", "1:2:3:4:5:6:7:1.2.3.4",
    "1.2.3.4::", "::1.2.3.4:5", "1::2.3.4.5:6", "::1.2.3", "::1.2.3.256", "::01.2.3.4", "::.1.2.3",
    "1:2:3:4:5:6:7:8.9", "::\u{301}1", "::1\u{301}", "١::",
  ])
  func `everything else is refused`(text: String) {
    let error = #expect(throws: IPAddressParseError.self) { try IPAddress(parsing: text) }
    #expect(error?.text == text)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `an error says what is wrong with which text`() {
    func description(_ text: String) -> String? {
      #expect(throws: IPAddressParseError.self) { try IPAddress(parsing: text) }?.description
    }
    #expect(
      description("10.0.0.01") == """
        malformed IP address "10.0.0.01": "01" is no decimal number from 0 to 255 without zeros \
        at the front
        """)
    #expect(
      description("localhost") == """
        malformed IP address "localhost": IPv4 has four numbers with dots between them
        """)
    #expect(
      description("1::g") == """
        malformed IP address "1::g": "g" is no group of one to four hexadecimal digits
        """)
    // What comes after the ninth group isn't looked at, however long it is.
    #expect(
      description("1:2:3:4:5:6:7:8:9:g") == """
        malformed IP address "1:2:3:4:5:6:7:8:9:g": IPv6 has eight groups, and this has more
        """)
  }

  @Test func `random addresses are read back`() throws {
    var generator = SplitMix64(seed: 2)
    for _ in 0..<2_000 {
      // Many groups are zero, so that runs of zeros of all lengths occur everywhere.
      let mask = (0..<8).reduce(UInt64(0)) { mask, _ in
        mask << 16 | (Bool.random(using: &generator) ? 0xFFFF : 0)
      }
      let v6 = IPAddress(v6High: generator.next() & mask, low: generator.next() & ~(mask << 16))
      #expect(try IPAddress(parsing: "\(v6)") == v6)
      let v4 = IPAddress(v4: UInt32(truncatingIfNeeded: generator.next()))
      #expect(try IPAddress(parsing: "\(v4)") == v4)
    }
  }

  @Test func `constants and kinds`() throws {
    #expect("\(IPAddress.loopback) \(IPAddress.loopbackV6)" == "127.0.0.1 ::1")
    #expect("\(IPAddress.unspecified) \(IPAddress.unspecifiedV6)" == "0.0.0.0 ::")
    #expect(IPAddress.loopback.isLoopback && IPAddress(127, 9, 9, 9).isLoopback)
    #expect(IPAddress.loopbackV6.isLoopback)
    #expect(!IPAddress(128, 0, 0, 1).isLoopback && !IPAddress(v6High: 1, low: 1).isLoopback)
    #expect(IPAddress.unspecified.isUnspecified && IPAddress.unspecifiedV6.isUnspecified)
    #expect(!IPAddress.loopback.isUnspecified && !IPAddress(v6High: 1, low: 0).isUnspecified)
    #expect(IPAddress(1, 2, 3, 4).bytes == [1, 2, 3, 4])
    #expect(
      try IPAddress(parsing: "102:304:506:708:90a:b0c:d0e:f10").bytes == Array(1...16))
  }

  @Test func `IPv4 comes before IPv6, and both by number`() throws {
    let texts = ["0.0.0.0", "9.0.0.0", "10.0.0.0", "255.0.0.0", "::", "::2", "::10", "1::", "a::1"]
    let addresses = try texts.map { try IPAddress(parsing: $0) }
    #expect(addresses.reversed().sorted() == addresses)
    #expect(IPAddress.unspecified != IPAddress.unspecifiedV6)
  }

  @Test func `an address is a small value`() {
    #expect(MemoryLayout<IPAddress>.size == 17)
    #expect(MemoryLayout<NetworkAddress>.stride == 24)
  }
}
