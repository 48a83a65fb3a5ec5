//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import MoonpoolTransport

/// What is asked.
package struct Question: Codable, Sendable {
  private enum CodingKeys: Int, CodingKey {
    case id = 0
    case block = 1
    case count = 2
  }

  package var id: UInt64
  package var block: [UInt8]
  /// Of a stream, how many elements.
  package var count: UInt32

  package init(id: UInt64, block: [UInt8], count: UInt32 = 0) {
    self.id = id
    self.block = block
    self.count = count
  }

  /// What belongs to this question, and to no other.
  package var answer: UInt64 { Digest.fold(id, block) }
}

/// One block of a caller's chain.
package struct Link: Codable, Sendable {
  private enum CodingKeys: Int, CodingKey {
    case question = 0
    case caller = 1
  }

  package var question: Question
  package var caller: UInt64

  package init(question: Question, caller: UInt64) {
    self.question = question
    self.caller = caller
  }
}

/// Where a chain is.
package struct ChainEnd: Codable, Sendable, Hashable {
  private enum CodingKeys: Int, CodingKey {
    case life = 0
    case length = 1
    case digest = 2
  }

  /// The life of the server that has it: it is in memory.
  package var life: UInt64
  package var length: UInt64
  package var digest: UInt64

  package init(life: UInt64, length: UInt64 = 0, digest: UInt64 = 0) {
    self.life = life
    self.length = length
    self.digest = digest
  }

  /// With a block more.
  package func appending(_ block: [UInt8]) -> ChainEnd {
    ChainEnd(life: life, length: length + 1, digest: Digest.fold(digest, block))
  }
}

package enum Digest {
  /// FNV-1a of 64 bits, of a number and bytes.
  package static func fold(_ previous: UInt64, _ block: [UInt8]) -> UInt64 {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325 ^ (previous &* prime)
    for byte in block { digest = (digest ^ UInt64(byte)) &* prime }
    return digest
  }

  private static let prime: UInt64 = 0x100_0000_01b3
}

/// Where callers find things.
package enum Place {
  package static let port: UInt16 = 4_700
  package static let plain = UID.wellKnown(10)
  package static let suppressed = UID.wellKnown(11)
  package static let chain = UID.wellKnown(12)
  package static let stream = UID.wellKnown(13)
  package static let endless = UID.wellKnown(14)
  package static let slow = UID.wellKnown(15)
  package static let nowhere = UID(first: 0xdead_beef, second: 0xbad0_bad0)
}

extension CallKind {
  /// Where it is called.
  package var token: UID {
    switch self {
    case .suppressed: Place.suppressed
    case .slow: Place.slow
    case .endless, .endlessInTime: Place.endless
    case .nowhere: Place.nowhere
    case .chained: Place.chain
    case .stream, .leftStream: Place.stream
    default: Place.plain
    }
  }
}
