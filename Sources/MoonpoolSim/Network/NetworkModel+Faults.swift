//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore
import MoonpoolRuntime

/// What the engine and users' injectors can do to the network.
extension NetworkModel {
  // MARK: Partitions and clogs

  /// Cuts all ways between two sets of hosts, or only those from the first to the second. Returns
  /// what takes it back.
  func partition(_ some: HostSet, _ others: HostSet, oneWay: Bool) -> Partition {
    effects.pointee.partition.fired += 1
    var numbers = [partitions.add(from: some, to: others)]
    if !oneWay { numbers.append(partitions.add(from: others, to: some)) }
    recorder?.begin(
      partition: numbers[0], some, others, isOneWay: oneWay, hosts: directory.hosts.count, at: now)
    return Partition(numbers: numbers)
  }

  /// Cuts all ways from some hosts to some others. Returns a number to take it back with.
  package func partition(from: HostSet, to: HostSet) -> Int {
    partition(from, to, oneWay: true).numbers[0]
  }

  /// Restores what a partition cut.
  func heal(_ partition: Partition) {
    for number in partition.numbers {
      partitions.remove(number)
      recorder?.end(partition: number, at: now)
    }
  }

  /// Restores every way.
  func healAllPartitions() {
    partitions.removeAll()
    recorder?.endPartitions(at: now)
  }

  /// Nothing gets over the link until `instant`.
  package func clog(_ link: Int32, until instant: UInt64) {
    effects.pointee.clog.fired += 1
    links[link].pointee.cloggedUntil = max(links[link].pointee.cloggedUntil, instant)
  }

  // MARK: Connections

  /// One end vanishes: its host forgets the connection and says nothing.
  func silence(_ index: Int32) {
    effects.pointee.connectionsSilenced += 1
    fail(index, .timedOut)
  }

  // MARK: Hosts and processes

  /// The process has died, its host lives: the host closes what it had open, as on `kill -9`.
  package func closeEverything(of node: UInt32) {
    for index in 0..<listeners.count where listeners[index].pointee.node == node {
      guard listeners[index].pointee.host >= 0 else { continue }
      listeners[index].pointee.acceptor = nil
      closeListener(SlabID(index: index, generation: listeners[index].pointee.generation))
    }
    for index in 0..<sockets.count {
      let socket = sockets[index]
      // A handshake that is under way is the host's: it completes, and then nobody listens.
      guard socket.pointee.phase != .free, socket.pointee.phase != .arriving,
        socket.pointee.node == node
      else { continue }
      socket.pointee.reader = nil
      socket.pointee.writer = nil
      close(index)
    }
    for index in 0..<datagramPorts.count where datagramPorts[index].pointee.node == node {
      guard datagramPorts[index].pointee.host >= 0 else { continue }
      datagramPorts[index].pointee.receiver = nil
      closeDatagrams(SlabID(index: index, generation: datagramPorts[index].pointee.generation))
    }
  }

  /// The host loses power, or gets it back. All that it knew is gone, and what it was sending is
  /// lost.
  package func setPower(_ host: Int32, on: Bool) {
    directory.hosts[Int(host)].isUp = on
    partitions.invalidate()
    if on { return }
    for index in 0..<listeners.count where listeners[index].pointee.host == host {
      listeners[index].pointee.acceptor = nil
      directory.setListener(host, listeners[index].pointee.port, nil)
      listeners.give(index)
    }
    for index in 0..<sockets.count {
      let socket = sockets[index]
      guard socket.pointee.phase != .free, socket.pointee.host == host else { continue }
      release(index)
    }
    for index in 0..<datagramPorts.count where datagramPorts[index].pointee.host == host {
      directory.setDatagramPort(host, datagramPorts[index].pointee.port, nil)
      datagramPorts.give(index)
    }
  }

  // MARK: Keep-alive

  func setKeepAlive(_ index: Int32, _ keepAlive: KeepAlive?) {
    let socket = sockets[index]
    guard let keepAlive else {
      socket.pointee.keepAlive = nil
      return
    }
    let state = KeepAliveState(
      idle: max(1, keepAlive.idle.clampedNanoseconds),
      interval: max(1, keepAlive.interval.clampedNanoseconds), count: max(1, keepAlive.count))
    probe(index, state, after: state.idle)
  }

  private func probe(_ index: Int32, _ state: KeepAliveState, after delay: UInt64) {
    var state = state
    state.due = now &+ delay
    sockets[index].pointee.keepAlive = state
    schedule(.keepAlive, index, sockets[index].pointee.generation, at: state.due)
  }

  /// A probe is due. False: keep-alive has been switched off, or the connection is over.
  func probe(_ index: Int32) -> Bool {
    let socket = sockets[index]
    guard var state = socket.pointee.keepAlive, state.due == now, !socket.pointee.isBroken,
      !socket.pointee.flags.contains(.closed)
    else { return false }
    let quiet = now - min(now, socket.pointee.lastHeard)
    if quiet < state.idle, state.unanswered == 0 {
      probe(index, state, after: state.idle - quiet)
    } else if !socket.pointee.inFlight.isEmpty || !socket.pointee.unsent.isEmpty
      || socket.pointee.unacknowledged > 0
    {
      probe(index, state, after: state.idle)  // what is being sent finds out by itself
    } else if isCut(socket.pointee.link) || isCut(socket.pointee.returnLink) {
      state.unanswered += 1
      if state.unanswered > state.count {
        effects.pointee.partition.connectionsLost += 1
        fail(index, .timedOut)
        return true
      }
      probe(index, state, after: state.interval)
    } else {
      let peer = socket.pointee.peer
      if let other = sockets.find(peer.index, peer.generation), !other.pointee.isBroken {
        state.unanswered = 0
        socket.pointee.lastHeard = now
      } else if !socket.pointee.flags.contains(.endOfStream) {
        answerWithReset(index)  // the other host doesn't know the connection
      }
      probe(index, state, after: state.idle)
    }
    return true
  }
}
