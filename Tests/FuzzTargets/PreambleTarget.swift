//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolTransport

extension FuzzTarget {
  /// A connection's first bytes. The bits of the input's first byte say what is put right in them:
  /// the checksum, and the name of the protocol.
  static let preamble = FuzzTarget("preamble", seeds: PreambleTarget.seeds, PreambleTarget.check)
}

private enum PreambleTarget {
  static var seeds: [[UInt8]] {
    let addresses = [
      nil, NetworkAddress(ip: IPAddress(10, 1, 2, 3), port: 4_500),
      NetworkAddress(ip: IPAddress(v6High: 0x2001_0db8 << 32, low: 7), port: 1, flags: .tls),
    ]
    return addresses.flatMap { address in
      Preamble.Answer.allCases.map { answer in
        [3]
          + Preamble(
            answer, address: address, incarnation: 5, connection: 77, previous: 1 << 40,
            versions: 1...9
          ).bytes
      }
    }
  }

  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    guard let settings = input.first else { return }
    var bytes = Array(input.dropFirst())
    if settings & 2 != 0, bytes.count >= 8 { bytes.replaceSubrange(0..<8, with: "MOONPOOL".utf8) }
    if settings & 1 != 0, bytes.count >= 72 {
      bytes.put(ReferenceChecksum.crc32c(bytes[..<68]), at: 68)
    }
    let preamble = Result { () throws(WireError) in try Preamble(bytes) }
    switch preamble {
    case .success(let preamble):
      try require(isValid(bytes), "what is no preamble is taken for one: \(preamble)")
      try requireEqual(preamble.bytes, canonical(bytes), "a preamble is written otherwise")
      try checkVersion(of: preamble)
      if let address = preamble.address {
        let again = try? NetworkAddress(parsing: "\(address)")
        try requireEqual(again, address, "an address is read otherwise than it is written")
      }
    case .failure(let error):
      try requireEqual(error, .foreignPreamble, "the error is another one")
      try require(!isValid(bytes), "a preamble is refused")
    }
  }

  /// Whether bytes are what the table of the wire format says.
  private static func isValid(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 72, bytes.starts(with: "MOONPOOL".utf8),
      UInt32(bytes.number(at: 68, bytes: 4)) == ReferenceChecksum.crc32c(bytes[..<68])
    else { return false }
    let isOrdered = bytes.number(at: 10, bytes: 2) <= bytes.number(at: 8, bytes: 2)
    let isShort = bytes[16..<28].allSatisfy { $0 == 0 }
    return isOrdered && bytes[12] <= 3 && ([0, 6].contains(bytes[13]) || bytes[13] == 4 && isShort)
  }

  /// The bytes with zeros where they mean nothing.
  private static func canonical(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[32] &= 3
    bytes.replaceSubrange(33..<36, with: [0, 0, 0])
    if bytes[13] == 0 { bytes.replaceSubrange(14..<36, with: [UInt8](repeating: 0, count: 22)) }
    bytes.put(ReferenceChecksum.crc32c(bytes[..<68]), at: 68)
    return bytes
  }

  /// The version that is spoken is one that both sides speak, if there is one.
  private static func checkVersion(of preamble: Preamble) throws(BrokenProperty) {
    for ours in [1...1, 3...9, 0...UInt16.max] as [ClosedRange<UInt16>] {
      let common = preamble.versions.lowerBound...preamble.versions.upperBound
      let newest = (ours.lowerBound...ours.upperBound).reversed().first { common.contains($0) }
      try requireEqual(try? preamble.version(with: ours), newest, "another version is spoken")
    }
  }
}
