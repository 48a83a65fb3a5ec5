//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct NodeAddressTests {
  private let address = NetworkAddress(ip: IPAddress(10, 0, 0, 1), port: 4500)

  @Test(
    arguments: [
      ("10.0.0.1:4500@gen0", 0), ("10.0.0.1:4500@gen7", 7),
      ("10.0.0.1:4500@gen18446744073709551615", .max),
    ] as [(String, UInt64)])
  func `the text is read and written`(text: String, generation: UInt64) throws {
    let node = try NodeAddress(parsing: text)
    #expect(node == NodeAddress(address: address, generation: generation))
    #expect("\(node)" == text)
  }

  @Test func `brackets and flags belong to the address`() throws {
    let node = try NodeAddress(parsing: "[::1]:80:tls@gen2")
    #expect(node.address == NetworkAddress(ip: .loopbackV6, port: 80, flags: .tls))
    #expect("\(node)" == "[::1]:80:tls@gen2")
  }

  @Test(arguments: [
    ("", "missing"), ("1.2.3.4:80", "missing"), ("1.2.3.4:80@", "missing"),
    ("1.2.3.4:80@7", "missing"), ("1.2.3.4:80@Gen7", "missing"), ("1.2.3.4:80gen7", "missing"),
    ("1.2.3.4:80@ge\u{301}n7", "missing"),
    ("1.2.3.4:80@gen", "generation"), ("1.2.3.4:80@gen07", "generation"),
    ("1.2.3.4:80@gen-1", "generation"), ("1.2.3.4:80@gen1 ", "generation"),
    ("1.2.3.4:80@gen1x", "generation"), ("1.2.3.4:80@gen18446744073709551616", "generation"),
    ("1.2.3.4:80@gen\u{301}1", "generation"),
    ("@gen1", "address"), ("1.2.3.4@gen1", "address"), ("1.2.3.4:80@gen1@gen2", "address"),
    ("1.2.3.4:80 @gen1", "address"), ("::1:80@gen1", "address"),
  ])
  func `everything else is refused, and told apart`(text: String, problem: String) {
    let error = #expect(throws: NodeAddressParseError.self) { try NodeAddress(parsing: text) }
    let found =
      switch error {
      case .missingGeneration: "missing"
      case .invalidGeneration: "generation"
      case .invalidAddress: "address"
      case nil: "none"
      }
    #expect(found == problem)
    #expect(error?.text == text)
  }

  @Test func `an error is one line about the whole text`() {
    let error = #expect(throws: NodeAddressParseError.self) {
      try NodeAddress(parsing: "::1:80@gen1")
    }
    #expect(
      error?.description
        == "malformed node address \"::1:80@gen1\": IPv6 goes in brackets; write [ip]:port")
  }

  @Test func `the lives of a node follow one another`() throws {
    let texts = ["9.0.0.1:2@gen5", "10.0.0.1:2@gen9", "10.0.0.1:2@gen10", "10.0.0.1:3@gen0"]
    let nodes = try texts.map { try NodeAddress(parsing: $0) }
    #expect(nodes.reversed().sorted() == nodes)
  }
}

@Suite struct EndpointTests {
  private let address = NetworkAddress(ip: IPAddress(10, 0, 0, 1), port: 4500)

  @Test func `an endpoint is an address and a token`() {
    let endpoint = Endpoint(address: address, token: UID(first: 1, second: 2))
    #expect("\(endpoint)" == "10.0.0.1:4500#00000000000000010000000000000002")
    #expect(Endpoint(address: address, wellKnown: .ping).token == UID(.ping))
    #expect(endpoint.isValid)
    #expect(!Endpoint(address: address, token: .invalid).isValid)
  }

  @Test func `an index changes the token alone`() {
    let endpoint = Endpoint(address: address, token: UID(first: 1, second: 2))
    #expect(endpoint.adjusted(by: 0) == endpoint)
    #expect(
      endpoint.adjusted(by: 2)
        == Endpoint(address: address, token: UID(first: 0x2_0000_0001, second: 4)))
  }

  @Test func `endpoints are ordered by address, then token`() {
    let other = NetworkAddress(ip: IPAddress(10, 0, 0, 2), port: 1)
    let endpoints = [
      Endpoint(address: address, token: UID(first: 2, second: 0)),
      Endpoint(address: address, wellKnown: .ping),
      Endpoint(address: other, token: UID(first: 1, second: 0)),
    ]
    #expect(endpoints.reversed().sorted() == endpoints)
  }
}
