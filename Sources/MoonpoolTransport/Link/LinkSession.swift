//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Synchronization

/// One connection of a link, from the exchange of preambles to its end.
final class LinkSession: Sendable {
  private struct State {
    /// What waits for room in the connection, from index `sent` on.
    var outbound: [UInt8] = []
    var sent = 0
    /// Somebody waits for that room.
    var isFlushing = false
    /// Why it is over; nil: it isn't.
    var end: (any Error)?
    var heard: Duration
    /// When the other side was asked whether it is alive, if nothing was heard since.
    var asked: Duration?
    var metrics = LinkMetrics()
  }

  let connection: Connection
  /// The number that both sides know it by.
  let number: UInt64
  /// What the other side says of itself.
  let peer: Preamble
  let began: Duration
  private let node: Node
  private let configuration: LinkConfiguration
  private let state: Mutex<State>

  init(
    _ connection: Connection, with peer: Preamble, on node: Node,
    _ configuration: LinkConfiguration
  ) {
    self.connection = connection
    self.peer = peer
    self.node = node
    self.configuration = configuration
    number = peer.connection
    began = node.providers.time.now
    state = Mutex(State(heard: began))
  }

  // MARK: Writing

  /// Gives a packet to the connection, or to what waits for room in it.
  ///
  /// - Throws: ``LinkError/queueIsFull(limit:)``. Where the connection is over, the packet is gone
  ///   with it.
  func send(_ packet: Packet) throws(LinkError) {
    let isFull = state.withLock { state in
      if state.end != nil { return false }
      if state.outbound.count - state.sent > configuration.queueLimit {
        state.metrics.packetsRefused += 1
        return true
      }
      append(packet, &state)
      return false
    }
    if isFull { throw .queueIsFull(limit: configuration.queueLimit) }
  }

  private func append(_ packet: Packet, _ state: inout State) {
    let before = state.outbound.count
    packet.append(to: &state.outbound)
    state.metrics.packetsSent += 1
    state.metrics.bytesSent += UInt64(state.outbound.count - before)
    if !state.isFlushing { write(&state) }
  }

  /// Writes what there is room for, and leaves the rest to a task.
  private func write(_ state: inout State) {
    do {
      while state.sent < state.outbound.count {
        let count = try connection.handler.tryWrite(state.outbound, from: state.sent)
        if count == 0 { break }
        state.sent += count
      }
    } catch {
      return end(error, &state)
    }
    if state.sent == state.outbound.count {
      state.outbound.removeAll(keepingCapacity: state.outbound.count <= 1 << 16)
      state.sent = 0
      state.isFlushing = false
    } else if !state.isFlushing {
      state.isFlushing = true
      _ = node.tasks.spawn("flush") { await self.flush() }
    }
  }

  private func flush() async {
    while state.withLock({ $0.isFlushing && $0.end == nil }) {
      do {
        try await connection.handler.waitUntilWritable(by: nil)
        let now = node.providers.time.now
        state.withLock { state in
          // The other side has made room by reading: it is alive, though it may have no time to say
          // so before it has read all that.
          state.heard = now
          write(&state)
        }
      } catch {
        end(error)
      }
    }
  }

  // MARK: Reading

  /// Hands over packets until the connection is over. Returns why it is.
  func run(_ receive: @escaping @Sendable (Packet) -> Void) async -> any Error {
    await withTaskGroup { group in
      group.addTask(name: "pings") { await self.watch() }
      do {
        try await read(receive)
        end(LinkError.ended)
      } catch {
        end(error)
      }
      group.cancelAll()
    }
    return state.withLock { $0.end! }
  }

  private func read(_ receive: @Sendable (Packet) -> Void) async throws {
    var reader = PacketReader(limit: configuration.packetLimit)
    while let bytes = try await connection.read() {
      let now = node.providers.time.now
      state.withLock {
        $0.heard = now
        $0.metrics.bytesReceived += UInt64(bytes.count)
      }
      reader.receive(bytes)
      while let packet = try reader.next() { take(packet, receive) }
    }
  }

  private func take(_ packet: Packet, _ receive: (Packet) -> Void) {
    state.withLock { $0.metrics.packetsReceived += 1 }
    switch packet.kind {
    case .ping:
      // Where there is no room for the answer, what the other side reads is its sign of life.
      try? send(Packet(.pong, to: .invalid))
    case .pong:
      let now = node.providers.time.now
      state.withLock { state in
        if let asked = state.asked { state.metrics.roundTrip = now - asked }
        state.asked = nil
      }
    default: receive(packet)
    }
  }

  // MARK: Signs of life

  private func watch() async {
    while let next = look() {
      do { try await node.clock.sleep(until: .init(offset: next)) } catch { return }
    }
  }

  /// Asks, or gives up. Returns when to look again; nil: it is over.
  private func look() -> Duration? {
    let now = node.providers.time.now
    return state.withLock { state in
      if state.end != nil { return nil }
      if let asked = state.asked, state.heard < asked {
        if now < asked + configuration.pingTimeout { return asked + configuration.pingTimeout }
        end(LinkError.silent(now - state.heard), &state)
        return nil
      }
      if now < state.heard + configuration.pingInterval {
        return state.heard + configuration.pingInterval
      }
      state.asked = now
      state.metrics.pings += 1
      append(Packet(.ping, to: .invalid), &state)
      return now + configuration.pingTimeout
    }
  }

  // MARK: The end

  /// Ends it, for this reason, unless there was one before.
  func end(_ reason: any Error) { state.withLock { end(reason, &$0) } }

  private func end(_ reason: any Error, _ state: inout State) {
    guard state.end == nil else { return }
    state.end = reason
    state.outbound = []
    state.sent = 0
    state.isFlushing = false
    switch reason {
    // What was written before is to arrive.
    case LinkError.closed, LinkError.ended, LinkError.replaced: connection.close()
    default: connection.reset()
    }
  }

  var metrics: LinkMetrics { state.withLock { $0.metrics } }
}
