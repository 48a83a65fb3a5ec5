//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolTransport
import Testing

@Suite struct PreambleTests {
  private let addresses: [NetworkAddress?] = [
    nil, NetworkAddress(ip: IPAddress(10, 1, 2, 3), port: 4_500),
    NetworkAddress(ip: IPAddress(v6High: 0x2001_0db8 << 32, low: 7), port: 1, flags: .tls),
    NetworkAddress(ip: .unspecifiedV6, port: .max, flags: [.tls, .public]),
  ]

  @Test func whatIsWrittenIsRead() throws {
    for address in addresses {
      for answer in Preamble.Answer.allCases {
        let preamble = Preamble(
          answer, address: address, incarnation: .max - 1, connection: 77, previous: 1 << 40,
          features: 1 << 63,
          versions: 3...9)
        #expect(preamble.bytes.count == Preamble.size)
        #expect(try Preamble(preamble.bytes) == preamble)
      }
    }
  }

  @Test func theBytesAreThese() {
    let preamble = Preamble(
      .accepted, address: NetworkAddress(ip: IPAddress(10, 1, 2, 3), port: 0x1194),
      incarnation: 5, connection: 0x0102, previous: 0x0304, features: 6, versions: 1...2)
    // Worked out by Tests/MoonpoolTransportTests/Wire/packet.py.
    #expect(
      preamble.bytes
        == Array("MOONPOOL".utf8) + [2, 0, 1, 0, 1, 4, 0x94, 0x11]
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 1, 2, 3, 0, 0, 0, 0]
        + [5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0]
        + [4, 3, 0, 0, 0, 0, 0, 0]
        + [0x41, 0xda, 0xda, 0xda])
  }

  @Test func eachFlippedBitIsNoticed() {
    let bytes = Preamble(.asks, address: addresses[1], incarnation: 5, connection: 6).bytes
    for bit in 0..<8 * bytes.count {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: WireError.foreignPreamble) { try Preamble(damaged) }
    }
    #expect(throws: WireError.foreignPreamble) { try Preamble(Array(bytes.dropLast())) }
    #expect(throws: WireError.foreignPreamble) { try Preamble(bytes + [0]) }
    #expect(throws: WireError.foreignPreamble) { try Preamble([]) }
  }

  /// What says something impossible with a checksum that fits.
  @Test(arguments: [
    (12, [UInt8](arrayLiteral: 99)), (13, [5]), (13, [4, 0, 0, 1]), (8, [1, 0, 2, 0]),
  ])
  func whatIsImpossibleIsRefused(position: Int, bytes: [UInt8]) {
    var preamble = Preamble(.asks, address: addresses[1], incarnation: 5, connection: 6).bytes
    preamble.replaceSubrange(position..<position + bytes.count, with: bytes)
    withUnsafeBytes(of: Checksum.crc32c(preamble.dropLast(4)).littleEndian) {
      preamble.replaceSubrange(68..<72, with: $0)
    }
    #expect(throws: WireError.foreignPreamble) { try Preamble(preamble) }
  }

  @Test func theNewestCommonVersionIsSpoken() throws {
    func version(_ theirs: ClosedRange<UInt16>, _ ours: ClosedRange<UInt16>) throws -> UInt16 {
      try Preamble(.asks, address: nil, incarnation: 1, connection: 1, versions: theirs)
        .version(with: ours)
    }
    #expect(try version(1...3, 2...5) == 3)
    #expect(try version(2...5, 1...3) == 3)
    #expect(try version(4...4, 1...9) == 4)
    let error = WireError.noCommonVersion(theirs: 6...7, ours: 1...5)
    #expect(throws: error) { try version(6...7, 1...5) }
    #expect("\(error)" == "the other end speaks versions 6 to 7, this one 1 to 5")
  }
}
