//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// Three nodes and the ways between them: what a case is given.
package struct Testbed: Sendable {
  /// What not every testbed can do.
  package struct Capabilities: OptionSet, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Ways between nodes can be cut and healed.
    package static let cuts = Capabilities(rawValue: 1)
    /// Waiting for half an hour costs nothing.
    package static let virtualTime = Capabilities(rawValue: 2)
  }

  /// Where most cases listen.
  package var server: Node
  /// Where most cases connect from.
  package var client: Node
  /// A third one.
  package var other: Node
  /// What it can do.
  package var capabilities: Capabilities
  /// A time that is long enough for anything that is under way to arrive.
  package var settling: Duration
  /// How many times ``settling`` may pass until something under way has arrived: once where time is
  /// virtual, often where a machine has other things to do.
  package var patience: Int
  private let cutWay: @Sendable (Node, Node) -> Void
  private let healWays: @Sendable () -> Void

  /// Makes a testbed; `cut` loses all that the first node sends to the second, until `heal`.
  package init(
    server: Node, client: Node, other: Node, capabilities: Capabilities = [],
    settling: Duration = .milliseconds(100), patience: Int = 1,
    cut: @escaping @Sendable (Node, Node) -> Void = { _, _ in },
    heal: @escaping @Sendable () -> Void = {}
  ) {
    self.server = server
    self.client = client
    self.other = other
    self.capabilities = capabilities
    self.settling = settling
    self.patience = patience
    cutWay = cut
    healWays = heal
  }

  /// From now on nothing that `sender` sends reaches `receiver`.
  package func cut(from sender: Node, to receiver: Node) { cutWay(sender, receiver) }

  /// Cuts both ways between server and client.
  package func cut() {
    cutWay(client, server)
    cutWay(server, client)
  }

  /// Heals all ways.
  package func heal() { healWays() }

  /// Lets time pass.
  package func pause(_ duration: Duration) async throws {
    try await client.clock.sleep(for: duration)
  }

  /// Time by the client's clock.
  package var now: NodeClock.Instant { client.clock.now }

  /// Lets what is under way arrive.
  func settle() async throws { try await pause(settling) }

  /// A connection from the client to the server.
  package func pair(backlog: Int = 16) async throws -> Pair {
    let listener = try await server.network.listen(port: 0, backlog: backlog)
    return try await pair(by: listener)
  }

  /// A connection from the client to a listener.
  package func pair(by listener: Listener) async throws -> Pair {
    async let accepted = listener.accept()
    let connection = try await client.network.connect(to: listener.localAddress)
    return Pair(listener: listener, client: connection, server: try await accepted)
  }

  /// A port on which nobody listens.
  func freePort() async throws -> NetworkAddress {
    let listener = try await server.network.listen(port: 0)
    defer { listener.close() }
    return listener.localAddress
  }
}

/// Both ends of a connection.
package struct Pair: Sendable {
  /// Who accepted.
  package let listener: Listener
  /// The end that connected.
  package let client: Connection
  /// The end that was accepted.
  package let server: Connection

  /// Pairs two ends.
  package init(listener: Listener, client: Connection, server: Connection) {
    self.listener = listener
    self.client = client
    self.server = server
  }

  /// Closes all of it.
  package func close() {
    client.close()
    server.close()
    listener.close()
  }
}
