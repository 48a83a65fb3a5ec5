//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

#if canImport(Glibc)
  import Glibc
#endif

extension FuzzTarget {
  /// Text that should be an address; and addresses that should be text.
  ///
  /// If the first byte is odd, the others are the text; else each of them stands for a piece of it.
  static let address = FuzzTarget("address", seeds: AddressTarget.seeds, AddressTarget.check)
}

private enum AddressTarget {
  static var seeds: [[UInt8]] {
    let id = "000102030405060708090a0b0c0d0e0f"
    return [
      "10.0.0.1", "::", "::1", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1",
      "1::10.0.0.1", "10.0.0.1:4500", "[::1]:4500:tls", "[fe80::1:0:0:1]:0:tls:public",
      "1.2.3.4:65535:public", "1.2.3.256", "10.0.0.1:4500@gen3",
      "[::1]:1:tls@gen18446744073709551615", id,
    ].map { [1] + Array($0.utf8) } + [[0, 0, 22, 1, 22, 2, 22, 3], [0, 24, 0, 25, 27, 23, 3, 28]]
  }

  /// What addresses consist of, and what lies next to that.
  private static let pieces = [
    "0", "1", "10", "255", "256", "00", "01", "0255", "99999999999999999999", "65535", "65536", "f",
    "ABCD", "ffff", "10000", "0000", "00001", "g", "-1", "+1", "1.2.3.4", "::ffff:", ".", ":", "::",
    "[", "[::", "]", ":tls", ":public", ":tls:public", "@gen", "#", "%", "/", " ", "\u{301}", "\0",
    "0102030405060708", "18446744073709551615", "18446744073709551616",
  ]

  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let rest = input.dropFirst()
    let text =
      input.first.map { $0 % 2 == 1 } ?? true
      ? String(decoding: rest, as: UTF8.self)
      : rest.map { pieces[Int($0) % pieces.count] }.joined()
    try checkText(
      text, { text throws(IPAddressParseError) in try IPAddress(parsing: text) }, \.text)
    try checkText(
      text, { text throws(NetworkAddressParseError) in try NetworkAddress(parsing: text) }, \.text)
    try checkText(
      text, { text throws(NodeAddressParseError) in try NodeAddress(parsing: text) }, \.text)
    try checkText(text, { text throws(UIDParseError) in try UID(parsing: text) }, \.text)
    try compareWithTheSystem(text)
    try checkParts(of: text)
    try checkValues(input)
  }

  /// What is read has one text, which is read as the same; what isn't has an error that fits on a
  /// line, whatever the text is.
  private static func checkText<Value: Hashable, Failure: Error>(
    _ text: String, _ parse: (String) throws(Failure) -> Value, _ quoted: (Failure) -> String
  ) throws(BrokenProperty) {
    switch Result(catching: { () throws(Failure) in try parse(text) }) {
    case .success(let value):
      let written = "\(value)"
      let again = try? parse(written)
      try requireEqual(again, value, "\(Value.self) is read otherwise than it is written")
      try requireEqual("\(again ?? value)", written, "\(Value.self) is written otherwise")
    case .failure(let error):
      try requireEqual(quoted(error), text, "an error is about another text")
      let description = "\(error)"
      try require(
        description.utf8.count < 2_000
          && description.unicodeScalars.allSatisfy { 0x20...0x7e ~= $0.value || $0 == "…" },
        "an error is no short line: \(description)")
    }
  }

  /// The same from the other side: bytes are taken for addresses.
  private static func checkValues(_ input: [UInt8]) throws(BrokenProperty) {
    guard input.count >= 20 else { return }
    let (high, low) = (input.number(at: 0, bytes: 8), input.number(at: 8, bytes: 8))
    let flags = NetworkAddress.Flags(rawValue: UInt16(input[18]))
    for ip in [IPAddress(v6High: high, low: low), IPAddress(v4: UInt32(truncatingIfNeeded: low))] {
      let address = NetworkAddress(
        ip: ip, port: UInt16(input.number(at: 16, bytes: 2)), flags: flags)
      let node = NodeAddress(address: address, generation: high)
      let endpoint = Endpoint(address: address, token: UID(first: low, second: high))
      try requireEqual(try? NodeAddress(parsing: "\(node)"), node, "\(node) is read otherwise")
      let parts = "\(endpoint)".split(separator: "#").map(String.init)
      try requireEqual(parts.count, 2, "an endpoint has not two parts")
      try requireEqual(try? NetworkAddress(parsing: parts[0]), address, "\(address) differs")
      try requireEqual(try? UID(parsing: parts[1]), endpoint.token, "\(endpoint.token) differs")
      try compareWithTheSystem("\(ip)")
    }
  }

  /// An address with a port is just that: an address that is one alone, and a port as it's printed.
  private static func checkParts(of text: String) throws(BrokenProperty) {
    guard let address = try? NetworkAddress(parsing: text) else { return }
    let end = ":\(address.port)\(address.flags)"
    try require(text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8), "\(text) has no \(end)")
    var ip = text.utf8.dropLast(end.utf8.count)
    if address.ip.family == .v6 {
      try require(ip.popFirst() == UInt8(ascii: "["), "IPv6 without brackets")
      try require(ip.popLast() == UInt8(ascii: "]"), "IPv6 without brackets")
    }
    try requireEqual(try? IPAddress(parsing: String(Substring(ip))), address.ip, "\(text) differs")
  }

  /// What the C library takes for an address is one, and nothing else is.
  private static func compareWithTheSystem(_ text: String) throws(BrokenProperty) {
    #if canImport(Glibc)
      // It would see less of such a text.
      guard !text.utf8.contains(0) else { return }
      var bytes = [UInt8](repeating: 0, count: 16)
      var expected: [UInt8]?
      var printed = [CChar](repeating: 0, count: 64)
      for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
        guard inet_pton(family, text, &bytes) == 1 else { continue }
        expected = Array(bytes.prefix(count))
        _ = inet_ntop(family, bytes, &printed, socklen_t(printed.count))
      }
      let ip = try? IPAddress(parsing: text)
      try requireEqual(ip?.bytes, expected, "the C library reads \(text) otherwise")
      // It writes `::1.2.3.4`, too, a form that RFC 4291 doesn't want any more.
      guard let ip, ip.family == .v4 || ip.high != 0 || !(1...0xffff ~= ip.low >> 16) else {
        return
      }
      let end = printed.firstIndex(of: 0) ?? 0
      let systems = String(decoding: printed[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      try requireEqual("\(ip)", systems, "the C library writes an address otherwise")
    #endif
  }
}
