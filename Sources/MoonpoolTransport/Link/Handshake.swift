//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// Who this node is, for others.
package struct LinkIdentity: Sendable, Hashable {
  /// Where others connect to it; nil if they can't.
  package var address: NetworkAddress?
  /// Which life of the node it is: a later one has a larger number.
  package var incarnation: UInt64

  package init(address: NetworkAddress?, incarnation: UInt64) {
    self.address = address
    self.incarnation = incarnation
  }
}

/// The exchange of preambles at the beginning of a connection.
enum Handshake {
  /// Connects to a node and says who is there.
  ///
  /// - Returns: The connection, and what the other side says of itself.
  static func dial(
    _ address: NetworkAddress, as identity: LinkIdentity, previous: UInt64, on node: Node,
    timeout: Duration
  ) async throws -> (Connection, Preamble) {
    let start = node.providers.time.now
    let connection = try await node.network.connect(to: address, timeout: timeout)
    do {
      let rest = { max(.zero, start + timeout - node.providers.time.now) }
      let number = node.random.int(in: 1...UInt64.max)
      let own = Preamble(
        .asks, address: identity.address, incarnation: identity.incarnation, connection: number,
        previous: previous)
      try await connection.write(own.bytes, timeout: rest())
      let answer = try Preamble(try await connection.read(exactly: Preamble.size, timeout: rest()))
      _ = try answer.version()
      guard answer.connection == number else { throw WireError.foreignPreamble }
      switch answer.answer {
      case .accepted: return (connection, answer)
      case .hasAnother: throw LinkError.replaced
      case .isPast: throw LinkError.isPast
      case .asks: throw WireError.foreignPreamble
      }
    } catch {
      connection.close()
      throw error
    }
  }

  /// Hears who has connected.
  static func hear(_ connection: Connection, timeout: Duration) async throws -> Preamble {
    let preamble = try Preamble(
      try await connection.read(exactly: Preamble.size, timeout: timeout))
    guard preamble.answer == .asks else { throw WireError.foreignPreamble }
    return preamble
  }

  /// Says what becomes of the connection.
  static func answer(
    _ preamble: Preamble, _ answer: Preamble.Answer, as identity: LinkIdentity,
    on connection: Connection, timeout: Duration
  ) async throws {
    let own = Preamble(
      answer, address: identity.address, incarnation: identity.incarnation,
      connection: preamble.connection)
    try await connection.write(own.bytes, timeout: timeout)
  }
}
