//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How much of the network's memory is in use.
package struct NetworkUsage: Sendable, Hashable, CustomStringConvertible {
  /// Ends of streams.
  package var sockets: Int
  /// Pieces of bytes that are under way or wait.
  package var chunks: Int
  /// Ports that are open for connections.
  package var listeners: Int
  /// Ports that are open for datagrams.
  package var datagramPorts: Int
  /// Pairs of addresses that are taken.
  package var streams: Int
  /// Datagrams that are under way.
  package var datagrams: Int

  package var description: String {
    "sockets \(sockets), chunks \(chunks), listeners \(listeners), datagramPorts "
      + "\(datagramPorts), streams \(streams), datagrams \(datagrams)"
  }

  /// Whether none of it is.
  package var isNone: Bool {
    self
      == NetworkUsage(
        sockets: 0, chunks: 0, listeners: 0, datagramPorts: 0, streams: 0, datagrams: 0)
  }
}

/// What must hold between any two events: for tests.
extension NetworkModel {
  /// What faults did so far.
  package var effectsSoFar: NetworkEffects { effects.pointee }

  /// What is in use.
  package var usage: NetworkUsage {
    NetworkUsage(
      sockets: sockets.live, chunks: chunks.live, listeners: listeners.live,
      datagramPorts: datagramPorts.live, streams: directory.streamCount,
      datagrams: directory.datagramCount)
  }

  /// All that contradicts itself; empty if all is well.
  package func checkConsistency() -> [String] {
    var problems: [String] = []
    var live = 0
    var connectors = 0
    var queued = 0
    for index in 0..<sockets.count {
      let socket = sockets[index].pointee
      for (name, queue) in [
        ("received", socket.received), ("unsent", socket.unsent), ("inFlight", socket.inFlight),
      ] {
        queued += check(queue, "socket \(index), \(name)", &problems)
      }
      if socket.phase == .free { continue }
      live += 1
      if socket.flags.contains(.connector) { connectors += 1 }
      problems += check(socket, index).map { "socket \(index): \($0)" }
    }
    if live != sockets.live { problems.append("\(sockets.live) sockets taken, \(live) in use") }
    if queued != chunks.live { problems.append("\(chunks.live) chunks taken, \(queued) in use") }
    if connectors != directory.streamCount {
      problems.append("\(directory.streamCount) pairs of addresses for \(connectors) sockets")
    }
    for index in 0..<listeners.count where listeners[index].pointee.host >= 0 {
      problems += check(listeners[index].pointee, index).map { "listener \(index): \($0)" }
    }
    return problems
  }

  /// Adds up a queue. Returns how many chunks are in it.
  private func check(_ queue: ChunkQueue, _ name: String, _ problems: inout [String]) -> Int {
    var count = 0
    var bytes = 0
    var last: Int32 = -1
    var next = queue.first
    while next >= 0, count <= chunks.live {
      count += 1
      bytes += chunks[next].pointee.count
      last = next
      next = chunks[next].pointee.next
    }
    if bytes != queue.bytes { problems.append("\(name): \(bytes) bytes, not \(queue.bytes)") }
    if last != queue.last { problems.append("\(name): ends with \(last), not \(queue.last)") }
    return count
  }

  private func check(_ socket: Socket, _ index: Int32) -> [String] {
    var problems: [String] = []
    func require(_ holds: Bool, _ problem: String) {
      if !holds { problems.append(problem) }
    }
    let flags = socket.flags
    let isMoving: Socket.Flags = [.updating, .acknowledging, .resetDue]
    require(!flags.contains(.delivering) || socket.phase != .free, "free, but delivers")
    require(
      socket.inFlight.isEmpty || flags.contains(.delivering), "bytes in flight that never arrive")
    require(!socket.isBroken || socket.inFlight.isEmpty, "broken, but sends")
    require(!socket.isBroken || socket.unsent.isEmpty, "broken, but keeps bytes back")
    require(!(socket.isBroken && flags.contains(.closed)), "broken and closed, but still there")
    require(!flags.contains(.resetSent) || flags.contains(.closed), "has reset, but is not closed")
    require(!flags.contains(.finishSent) || flags.contains(.finished), "has sent an end unasked")
    require(!flags.contains(.finishDelivered) || flags.contains(.finishSent), "end out of nothing")
    let isOver = flags.contains(.closed) && flags.contains(.finishDelivered)
    require(!isOver || !socket.inFlight.isEmpty, "over, but still there")
    require(!flags.contains(.closed) || socket.reader == nil, "closed, but somebody reads")
    require(!flags.contains(.closed) || socket.writer == nil, "closed, but somebody writes")
    require(!flags.contains(.closed) || socket.received.isEmpty, "closed, but keeps what arrived")
    if let other = sockets.find(socket.peer.index, socket.peer.generation) {
      let back = other.pointee.peer
      require(
        back.index == index && back.generation == socket.generation
          || sockets.find(back.index, back.generation) == nil, "the other end has another")
      require(
        socket.unsent.isEmpty || !socket.inFlight.isEmpty || !other.pointee.received.isEmpty
          || other.pointee.flags.contains(.resetSent) || !flags.isDisjoint(with: isMoving),
        "keeps bytes back although there is room")
    } else {
      require(
        socket.unsent.isEmpty || !socket.inFlight.isEmpty || !flags.isDisjoint(with: isMoving),
        "keeps bytes back for nobody")
    }
    return problems
  }

  private func check(_ listener: ListenerState, _ index: Int32) -> [String] {
    var problems: [String] = []
    let id = SlabID(index: index, generation: listener.generation)
    var waiting = 0
    var ready = 0
    for number in 0..<sockets.count where sockets[number].pointee.listener == id {
      waiting += 1
      if sockets[number].pointee.flags.contains(.ready) { ready += 1 }
    }
    if waiting != listener.waiting {
      problems.append("\(listener.waiting) connections wait, but there are \(waiting)")
    }
    var listed = 0
    var last: Int32 = -1
    var next = listener.firstReady
    while next >= 0, listed <= sockets.live {
      listed += 1
      last = next
      if sockets[next].pointee.listener != id { problems.append("socket \(next) is not its own") }
      next = sockets[next].pointee.next
    }
    if listed != ready { problems.append("\(ready) are ready, \(listed) in line") }
    if last != listener.lastReady { problems.append("the last in line is \(last)") }
    return problems
  }
}
