//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import Synchronization

/// All links of one node.
package final class Links: Sendable {
  private struct State {
    /// Those that nobody on this node has asked for go with their connections: anybody can claim
    /// an address.
    var byAddress: [NetworkAddress: Link] = [:]
    /// Connections that others have opened and that aren't over.
    var accepted = 0
    var listener: Listener?
    var isClosed = false
  }

  private let node: Node
  private let identity: LinkIdentity
  private let configuration: LinkConfiguration
  private let events: LinkEvents
  private let state = Mutex(State())

  package init(
    on node: Node, as identity: LinkIdentity, _ configuration: LinkConfiguration = .init(),
    _ events: LinkEvents
  ) {
    self.node = node
    self.identity = identity
    self.configuration = configuration
    self.events = events
  }

  /// The link to a node that can be called at an address.
  package func link(to address: NetworkAddress) -> Link {
    state.withLock { state in
      let link = link(to: address, &state)
      link.isWanted = true
      return link
    }
  }

  private func link(to address: NetworkAddress, _ state: inout State) -> Link {
    if let known = state.byAddress[address] { return known }
    let link = Link(to: address, as: identity, on: node, configuration, events)
    if state.isClosed { link.close() }
    state.byAddress[address] = link
    return link
  }

  // MARK: Being called

  /// Opens the port of the identity's address.
  ///
  /// - Throws: ``NetworkError``: `addressInUse`, `addressNotAvailable`.
  package func listen() async throws {
    guard let address = identity.address else { return }
    let listener = try await node.network.listen(port: address.port)
    state.withLock { $0.listener = listener }
    _ = node.tasks.spawn("accept") {
      while true { self.greet(try await listener.accept()) }
    }
  }

  private func greet(_ connection: Connection) {
    let hasRoom = state.withLock { state in
      guard state.accepted < configuration.acceptLimit, !state.isClosed else { return false }
      state.accepted += 1
      return true
    }
    guard hasRoom else { return connection.reset() }
    _ = node.tasks.spawn("greet") {
      do { try await self.exchange(connection) } catch { connection.reset() }
      self.state.withLock { $0.accepted -= 1 }
    }
  }

  /// Hears who calls, and answers.
  private func exchange(_ connection: Connection) async throws {
    let timeout = configuration.connectTimeout
    let preamble = try await Handshake.hear(connection, timeout: timeout)
    _ = try preamble.version()
    // Who cannot be called is not known by an address, and is somebody else each time.
    let link =
      preamble.address.map { address in state.withLock { self.link(to: address, &$0) } }
      ?? Link(to: nil, as: identity, on: node, configuration, events)
    defer { if let address = preamble.address { forget(address, link) } }
    let answer = link.answer(to: preamble)
    try await Handshake.answer(
      preamble, answer, as: identity, on: connection, timeout: timeout)
    guard answer == .accepted else { return connection.close() }
    let session = LinkSession(connection, with: preamble, on: node, configuration)
    if link.use(session, dialed: false) { await link.run(session) }
  }

  private func forget(_ address: NetworkAddress, _ link: Link) {
    state.withLock { state in
      if link.isWanted || link.isConnected { return }
      if state.byAddress[address] === link { state.byAddress[address] = nil }
    }
  }

  // MARK: The end

  /// Closes all links, and the port.
  package func close() {
    let (links, listener) = state.withLock { state in
      state.isClosed = true
      return (state.byAddress, state.listener)
    }
    listener?.close()
    for address in links.keys.sorted() { links[address]!.close() }
  }
}
