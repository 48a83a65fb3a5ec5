//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import Synchronization

/// What a link tells whoever uses it. Called without a lock held, in order for each link.
package struct LinkEvents: Sendable {
  /// A packet has arrived.
  package var received: @Sendable (Link, Packet) -> Void
  /// There is a connection.
  package var connected: @Sendable (Link) -> Void
  /// A connection was lost, or could not be had. Who wants something sent again does so from here.
  package var lost: @Sendable (Link, LinkLoss, any Error) -> Void

  package init(
    received: @escaping @Sendable (Link, Packet) -> Void,
    connected: @escaping @Sendable (Link) -> Void = { _ in },
    lost: @escaping @Sendable (Link, LinkLoss, any Error) -> Void = { _, _, _ in }
  ) {
    self.received = received
    self.connected = connected
    self.lost = lost
  }
}

/// What a link has lost.
package enum LinkLoss: Sendable {
  /// Its connection. What was sent and not answered may have arrived or not.
  case connection
  /// An attempt at one, and what waited for it: that has certainly not arrived.
  case attempt(dropped: [Packet])
}

/// The way to one other node: at most one connection at a time, whichever side has opened it.
///
/// It connects when there is something to send, and promises nothing: a packet arrives once or not
/// at all, and in order with others of the same connection.
package final class Link: Sendable {
  fileprivate enum Phase {
    /// Nobody is called before the given time by the node's clock.
    case resting(until: Duration)
    case dialing
    case connected(LinkSession)
    case closed
  }

  fileprivate struct State {
    var phase = Phase.resting(until: .zero)
    var isWanted = false
    /// What has been sent while there was no connection.
    var waiting: [Packet] = []
    var waitingBytes = 0
    var backoff: Backoff
    /// The last life of the other node that has been heard of, and the last connection with it.
    var incarnation: UInt64 = 0
    var previous: UInt64 = 0
    var dial: Task<Void, any Error>?
    var metrics = LinkMetrics()
  }

  /// Where the other node is called; nil: it can only call.
  package let peer: NetworkAddress?
  private let identity: LinkIdentity
  private let node: Node
  private let configuration: LinkConfiguration
  private let events: LinkEvents
  private let state: Mutex<State>

  init(
    to peer: NetworkAddress?, as identity: LinkIdentity, on node: Node,
    _ configuration: LinkConfiguration, _ events: LinkEvents
  ) {
    self.peer = peer
    self.identity = identity
    self.node = node
    self.configuration = configuration
    self.events = events
    let backoff = Backoff(configuration.backoff, stableAfter: configuration.stableAfter)
    state = Mutex(State(backoff: backoff))
  }

  private var now: Duration { node.providers.time.now }

  /// Whether somebody on this node has asked for it, and not the other side alone.
  package var isWanted: Bool {
    get { state.withLock { $0.isWanted } }
    set { state.withLock { $0.isWanted = newValue } }
  }

  /// Whether there is a connection.
  package var isConnected: Bool {
    state.withLock { if case .connected = $0.phase { true } else { false } }
  }

  /// The life of the other node that was last heard of; 0: none was.
  package var incarnation: UInt64 { state.withLock { $0.incarnation } }

  /// What it has done.
  package var metrics: LinkMetrics {
    state.withLock { state in
      guard case .connected(let session) = state.phase else { return state.metrics }
      return state.metrics + session.metrics
    }
  }

  // MARK: Sending

  /// Sends a packet, or keeps it until there is a connection.
  ///
  /// - Throws: ``LinkError``: `queueIsFull`, `payloadIsTooLong`, `closed`. Then nothing was sent.
  package func send(_ packet: Packet) throws(LinkError) {
    guard packet.payload.count <= configuration.packetLimit else {
      throw .payloadIsTooLong(packet.payload.count, limit: configuration.packetLimit)
    }
    let session = try waitOrSession(packet)
    try session?.send(packet)
  }

  /// Sends a packet if there is a connection. Who reads so slowly that there is no room loses the
  /// connection, and so learns that something is missing.
  package func sendIfConnected(_ packet: Packet) {
    let session = state.withLock { state -> LinkSession? in
      guard case .connected(let session) = state.phase else { return nil }
      return session
    }
    do throws(LinkError) { try session?.send(packet) } catch { session?.end(error) }
  }

  /// Takes back what waits for a connection, and sends something of it where it may have arrived.
  ///
  /// - Parameters:
  ///   - isIt: Whether a packet is what isn't wanted any more.
  ///   - notice: What the other side is told. It waits where the packet has waited.
  ///   - isKnown: Whether the other side may know of it from an earlier connection.
  func withdraw(_ notice: Packet, _ isKnown: Bool, _ isIt: (Packet) -> Bool) {
    let isWaiting = state.withLock { state in
      guard let index = state.waiting.firstIndex(where: isIt) else { return false }
      state.waitingBytes -= state.waiting[index].payload.count + PacketHeader.size
      if isKnown {
        state.waiting[index] = notice
        state.waitingBytes += notice.payload.count + PacketHeader.size
      } else {
        state.waiting.remove(at: index)
      }
      return true
    }
    if !isWaiting { sendIfConnected(notice) }
  }

  /// The connection that the packet can go to now; nil: it waits.
  private func waitOrSession(_ packet: Packet) throws(LinkError) -> LinkSession? {
    let result = state.withLock { state -> Result<LinkSession?, LinkError> in
      switch state.phase {
      case .connected(let session): return .success(session)
      case .closed: return .failure(.closed)
      case .resting, .dialing:
        if state.waitingBytes > configuration.queueLimit {
          state.metrics.packetsRefused += 1
          return .failure(.queueIsFull(limit: configuration.queueLimit))
        }
        state.waiting.append(packet)
        state.waitingBytes += packet.payload.count + PacketHeader.size
        dialIfWanted(&state)
        return .success(nil)
      }
    }
    return try result.get()
  }

  // MARK: Connecting

  private func dialIfWanted(_ state: inout State) {
    guard let peer, !state.waiting.isEmpty, state.dial == nil else { return }
    guard case .resting = state.phase else { return }
    state.dial = node.tasks.spawn("dial") { await self.dial(peer) }
  }

  /// Calls until there is a connection, or nothing to send.
  private func dial(_ peer: NetworkAddress) async {
    while let time = restBeforeCall() {
      do { try await node.clock.sleep(until: .init(offset: time)) } catch { return stop() }
      do {
        guard let previous = beginCall() else { continue }
        let (connection, answer) = try await Handshake.dial(
          peer, as: identity, previous: previous, on: node, timeout: configuration.connectTimeout)
        let session = LinkSession(connection, with: answer, on: node, configuration)
        if use(session, dialed: true) {
          _ = node.tasks.spawn("link") { await self.run(session) }
        }
      } catch {
        callFailed(error)
      }
    }
  }

  /// The node is being stopped: nobody is called any more.
  private func stop() {
    state.withLock { state in
      state.phase = .closed
      state.dial = nil
      state.dropWaiting()
    }
  }

  /// When to call; nil: not any more, and the task that asks is over.
  private func restBeforeCall() -> Duration? {
    state.withLock { state in
      if case .resting(let time) = state.phase, !state.waiting.isEmpty { return time }
      state.dial = nil
      return nil
    }
  }

  /// The number of the last connection; nil: there is no need to call.
  private func beginCall() -> UInt64? {
    state.withLock { state in
      guard case .resting = state.phase, !state.waiting.isEmpty else { return nil }
      state.phase = .dialing
      state.metrics.attempts += 1
      return state.previous
    }
  }

  private func callFailed(_ error: any Error) {
    let dropped = state.withLock { state -> [Packet]? in
      // Who was called may have called meanwhile.
      guard case .dialing = state.phase else { return nil }
      state.phase = .resting(until: now + state.backoff.fail(node.random))
      // The call of the other side, which counts, is on its way.
      if case LinkError.replaced = error { return nil }
      return state.dropWaiting()
    }
    if let dropped { events.lost(self, .attempt(dropped: dropped), error) }
  }

  // MARK: Being called

  /// What becomes of a connection that the other node has opened.
  func answer(to preamble: Preamble) -> Preamble.Answer {
    state.withLock { state in
      if preamble.incarnation < state.incarnation { return .isPast }
      let isSameLife = preamble.incarnation == state.incarnation
      switch state.phase {
      case .connected(let session) where isSameLife && preamble.previous != session.number:
        // It called before it knew of this one.
        return .hasAnother
      case .dialing:
        // Both call at once: the call of the smaller address counts, for both.
        guard let own = identity.address, let peer, own < peer else { return .accepted }
        return .hasAnother
      case .closed: return .hasAnother
      case .connected, .resting: return .accepted
      }
    }
  }

  // MARK: Connections

  /// Makes a connection the link's, in place of what it had; or ends it, if it is of no use.
  ///
  /// - Returns: Whether it is the link's, and is to be run.
  func use(_ session: LinkSession, dialed: Bool) -> Bool {
    enum Change {
      case none, first
      case instead(of: LinkSession)
    }
    let change = state.withLock { state -> Change in
      var change = Change.first
      switch state.phase {
      case .closed: return .none
      case .connected(let old):
        if dialed { return .none }
        state.metrics += old.metrics
        state.metrics.losses += 1
        change = .instead(of: old)
      case .dialing, .resting: break
      }
      state.phase = .connected(session)
      state.incarnation = max(state.incarnation, session.peer.incarnation)
      state.previous = session.number
      state.metrics.connections += 1
      state.sendWaiting(over: session)
      return change
    }
    switch change {
    case .none:
      session.end(LinkError.replaced)
      return false
    case .first: break
    case .instead(let old):
      old.end(LinkError.replaced)
      events.lost(self, .connection, LinkError.replaced)
    }
    events.connected(self)
    return true
  }

  /// Runs a connection of the link's until it is over.
  func run(_ session: LinkSession) async {
    let reason = await session.run { self.events.received(self, $0) }
    let isNews = state.withLock { state in
      guard case .connected(let current) = state.phase, current === session else { return false }
      state.metrics += session.metrics
      if reason is CancellationError {
        // The node is being stopped.
        state.phase = .closed
        return false
      }
      state.metrics.losses += 1
      let rest = state.backoff.end(after: now - session.began, node.random)
      state.phase = .resting(until: now + rest)
      state.dropWaiting()
      return true
    }
    if isNews { events.lost(self, .connection, reason) }
  }

  /// Ends it for good. What was written is still delivered, if the connection lasts so long.
  func close() {
    let session = state.withLock { state -> LinkSession? in
      defer {
        state.phase = .closed
        state.dropWaiting()
        state.dial?.cancel()
      }
      guard case .connected(let session) = state.phase else { return nil }
      state.metrics += session.metrics
      return session
    }
    session?.end(LinkError.closed)
  }
}

extension Link.State {
  mutating func takeWaiting() -> [Packet] {
    defer {
      waiting = []
      waitingBytes = 0
    }
    return waiting
  }

  /// Before anything else goes over the connection.
  mutating func sendWaiting(over session: LinkSession) {
    for packet in takeWaiting() {
      do throws(LinkError) {
        try session.send(packet)
      } catch {
        // Nothing is dropped in silence: who loses the connection sends again.
        return session.end(error)
      }
    }
  }

  /// Returns what has waited.
  @discardableResult
  mutating func dropWaiting() -> [Packet] {
    metrics.packetsDropped += UInt64(waiting.count)
    return takeWaiting()
  }
}
