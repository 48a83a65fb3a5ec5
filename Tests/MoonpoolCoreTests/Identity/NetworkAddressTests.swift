//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct NetworkAddressTests {
  @Test(
    arguments: [
      ("1.2.3.4:80", IPAddress(1, 2, 3, 4), 80, []),
      ("1.2.3.4:0", IPAddress(1, 2, 3, 4), 0, []),
      ("255.255.255.255:65535", IPAddress(255, 255, 255, 255), 65535, []),
      ("10.0.0.1:4500:tls", IPAddress(10, 0, 0, 1), 4500, .tls),
      ("10.0.0.1:4500:public", IPAddress(10, 0, 0, 1), 4500, .public),
      ("10.0.0.1:4500:tls:public", IPAddress(10, 0, 0, 1), 4500, [.tls, .public]),
      ("[::1]:80", .loopbackV6, 80, []),
      ("[::]:1:tls", .unspecifiedV6, 1, .tls),
      (
        "[2001:db8::1]:4500:tls:public", IPAddress(v6High: 0x2001_0DB8 << 32, low: 1), 4500,
        [.tls, .public]
      ),
      ("[::ffff:10.0.0.1]:9", IPAddress(v6High: 0, low: 0xFFFF_0A00_0001), 9, []),
    ] as [(String, IPAddress, UInt16, NetworkAddress.Flags)])
  func `an address is read and written`(
    text: String, ip: IPAddress, port: UInt16, flags: NetworkAddress.Flags
  ) throws {
    let address = try NetworkAddress(parsing: text)
    #expect(address == NetworkAddress(ip: ip, port: port, flags: flags))
    #expect("\(address)" == text)
    #expect(address.isTLS == flags.contains(.tls))
    #expect(address.isPublic == flags.contains(.public))
  }

  @Test func `the IP address may be in any form`() throws {
    #expect("\(try NetworkAddress(parsing: "[0:0:0:0:0:0:0:1]:80"))" == "[::1]:80")
  }

  @Test(arguments: [
    ("", "invalidIP"), (":80", "invalidIP"), ("1.2.3:80", "invalidIP"), ("a:80", "invalidIP"),
    ("01.2.3.4:80", "invalidIP"), (" 1.2.3.4:80", "invalidIP"), ("1.2.3.4 :80", "invalidIP"),
    ("localhost:80", "invalidIP"), ("[]:80", "invalidIP"), ("[a]:80", "invalidIP"),
    ("[::1%eth0]:80", "invalidIP"), ("[[::1]]:80", "invalidIP"), ("x[::1]:80", "invalidIP"),
    ("[\u{301}::1]:80", "invalidIP"), ("1.2.3.4\u{301}:80", "invalidIP"), ("::1]:80", "invalidIP"),
    ("1.2.3.4:", "invalidPort"), ("[::1]:", "invalidPort"), ("1.2.3.4:65536", "invalidPort"),
    ("1.2.3.4:99999999999999999999999", "invalidPort"), ("1.2.3.4:080", "invalidPort"),
    ("1.2.3.4:+80", "invalidPort"), ("1.2.3.4:-1", "invalidPort"), ("1.2.3.4:0x50", "invalidPort"),
    ("1.2.3.4:80 ", "invalidPort"), ("1.2.3.4: 80", "invalidPort"), ("1.2.3.4:80a", "invalidPort"),
    ("1.2.3.4:http", "invalidPort"), ("[::1]:80/", "invalidPort"), ("1.2.3.4::80", "invalidPort"),
    ("1.2.3.4:80\u{301}", "invalidPort"), ("1.2.3.4:\u{301}80", "invalidPort"),
    ("1.2.3.4:tls", "invalidPort"),
    ("1.2.3.4:80\r\n", "invalidPort"),
    ("1.2.3.4", "missingPort"), ("[::1]", "missingPort"),
    ("::1", "unbracketedIPv6"), ("::1:80", "unbracketedIPv6"), ("1::", "unbracketedIPv6"),
    ("1:2:3:4:5:6:7:8:80", "unbracketedIPv6"), ("fe80::1:4500", "unbracketedIPv6"),
    ("::ffff:1.2.3.4:80", "unbracketedIPv6"),
    ("[1.2.3.4]:80", "bracketedIPv4"), ("[1.2.3.4]", "bracketedIPv4"),
    ("[::1", "unclosedBracket"), ("[::1:80", "unclosedBracket"), ("[", "unclosedBracket"),
    ("[::1]x80", "missingColon"), ("[::1]80", "missingColon"), ("[::1]]:80", "missingColon"),
    ("[::1] :80", "missingColon"), ("[::1].:80", "missingColon"),
    ("[::1]\u{301}:80", "missingColon"),
    ("1.2.3.4:80:", "invalidFlags"), ("1.2.3.4:80:TLS", "invalidFlags"),
    ("1.2.3.4:80:tls:", "invalidFlags"), ("1.2.3.4:80:tls:tls", "invalidFlags"),
    ("1.2.3.4:80:public:tls", "invalidFlags"), ("1.2.3.4:80:ssl", "invalidFlags"),
    ("1.2.3.4:80::tls", "invalidFlags"), ("1.2.3.4:80:tls ", "invalidFlags"),
    ("1.2.3.4:80:tls\u{301}", "invalidFlags"), ("[::1]:80:81", "invalidFlags"),
  ])
  func `everything else is refused, and told apart`(text: String, name: String) {
    let error = #expect(throws: NetworkAddressParseError.self) {
      try NetworkAddress(parsing: text)
    }
    #expect(error.map(caseName) == name)
    #expect(error?.text == text)
    #expect(error?.description.hasPrefix("malformed network address \"") == true)
    #expect(error?.description.utf8.contains(UInt8(ascii: "\n")) == false)
  }

  @Test func `an error is one line that names the text and what to write`() {
    #expect(
      "\(NetworkAddressParseError.unbracketedIPv6("::1:80"))"
        == "malformed network address \"::1:80\": IPv6 goes in brackets; write [ip]:port")
    let error = #expect(throws: NetworkAddressParseError.self) {
      try NetworkAddress(parsing: "1.2.3:80")
    }
    #expect(
      error?.description
        == "malformed network address \"1.2.3:80\": IPv4 has four numbers with dots between them")
  }

  @Test func `bits without a meaning are dropped`() {
    #expect(NetworkAddress.Flags(rawValue: .max) == [.tls, .public])
    #expect(NetworkAddress.Flags.tls.rawValue == 1)
    #expect(NetworkAddress.Flags.public.rawValue == 2)
  }

  @Test func `addresses are ordered by IP address, port and flags`() throws {
    let texts = [
      "9.0.0.1:80", "10.0.0.1:9", "10.0.0.1:80", "10.0.0.1:80:tls", "10.0.0.1:80:public",
      "10.0.0.1:80:tls:public", "10.0.0.1:443", "[::]:0", "[::1]:0",
    ]
    let addresses = try texts.map { try NetworkAddress(parsing: $0) }
    #expect(addresses.reversed().sorted() == addresses)
  }

  /// The name of a case, without what it holds.
  private func caseName(_ error: NetworkAddressParseError) -> String {
    switch error {
    case .invalidIP: "invalidIP"
    case .invalidPort: "invalidPort"
    case .missingPort: "missingPort"
    case .unbracketedIPv6: "unbracketedIPv6"
    case .bracketedIPv4: "bracketedIPv4"
    case .unclosedBracket: "unclosedBracket"
    case .missingColon: "missingColon"
    case .invalidFlags: "invalidFlags"
    }
  }
}
