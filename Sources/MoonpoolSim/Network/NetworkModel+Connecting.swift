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

/// Listening, and the handshake: request, answer, completion, each over its link.
extension NetworkModel {
  /// Opens a port. Port 0 takes a free one.
  func listen(
    _ host: Int32, port: UInt16, backlog: Int, node: UInt32
  ) -> Attempt<SlabID> {
    let chosen: UInt16
    switch choosePort(host, port, isTaken: { directory.listener(host, $0) != nil }) {
    case .done(let free): chosen = free
    case .failed(let error): return .failed(error)
    case .wouldBlock: fatalError("choosing a port never waits")
    }
    let index = listeners.take()
    listeners[index].pointee.host = host
    listeners[index].pointee.port = chosen
    listeners[index].pointee.node = node
    listeners[index].pointee.backlog = max(0, backlog)
    let id = SlabID(index: index, generation: listeners[index].pointee.generation)
    directory.setListener(host, chosen, id)
    return .done(id)
  }

  /// The port that was asked for if it is free; for 0 one of the ephemeral range.
  func choosePort(
    _ host: Int32, _ port: UInt16, isTaken: (UInt16) -> Bool
  ) -> Attempt<UInt16> {
    if port != 0 { return isTaken(port) ? .failed(.addressInUse) : .done(port) }
    let free = directory.takePort(host, in: configuration.ephemeralPorts) { !isTaken($0) }
    return free.map { .done($0) } ?? .failed(.addressNotAvailable)
  }

  /// Takes the connection that has been ready longest.
  func accept(_ id: SlabID) -> Attempt<SlabID> {
    guard let listener = listeners.find(id.index, id.generation) else { return .failed(.closed) }
    let index = listener.pointee.firstReady
    guard index >= 0 else { return .wouldBlock }
    let socket = sockets[index]
    listener.pointee.firstReady = socket.pointee.next
    if listener.pointee.firstReady < 0 { listener.pointee.lastReady = -1 }
    listener.pointee.waiting -= 1
    socket.pointee.next = -1
    socket.pointee.listener = .none
    return .done(SlabID(index: index, generation: socket.pointee.generation))
  }

  /// Closes a port; connections that nobody has accepted are reset.
  func closeListener(_ id: SlabID) {
    guard let listener = listeners.find(id.index, id.generation) else { return }
    wake(&listener.pointee.acceptor)
    directory.setListener(listener.pointee.host, listener.pointee.port, nil)
    listeners.give(id.index)
    // Those whose handshake is still under way are reset when it completes.
    for index in 0..<sockets.count
    where sockets[index].pointee.listener == id && sockets[index].pointee.phase == .established {
      sockets[index].pointee.listener = .none
      sockets[index].pointee.next = -1
      reset(index)
    }
  }

  /// Something without bytes goes over a link: a step of a handshake, a reset, news of room.
  ///
  /// - Parameter extra: What it takes besides, in nanoseconds; drawn after the link's latency.
  func send(
    _ kind: EventKind, _ index: Int32, _ generation: UInt32, over link: Int32,
    extra: @autoclosure () -> UInt64 = 0
  ) {
    if let recorder { noteStep(kind, index, over: link, recorder) }
    let due = arrival(over: link, bytes: 0) + extra()
    noteIfSlow(kind, index, generation, over: link, due: due)
    schedule(kind, index, generation, at: due)
  }

  // MARK: The connecting side

  /// Begins to connect; the socket's writer is woken when it is decided.
  func connect(_ host: Int32, to remote: Int32, port: UInt16, node: UInt32) -> Attempt<SlabID> {
    let local = directory.takePort(host, in: configuration.ephemeralPorts) {
      directory.listener(host, $0) == nil && !directory.isTaken(host, $0, remote, port)
    }
    guard let local else { return .failed(.addressNotAvailable) }
    let index = sockets.take()
    let socket = sockets[index]
    socket.pointee.phase = .connecting
    socket.pointee.flags = .connector
    socket.pointee.host = host
    socket.pointee.remoteHost = remote
    socket.pointee.port = local
    socket.pointee.remotePort = port
    socket.pointee.node = node
    socket.pointee.link = link(from: host, to: remote)
    socket.pointee.returnLink = link(from: remote, to: host)
    socket.pointee.retryDelay = NetworkFigures.connectRetry
    socket.pointee.stalledSince = now
    if let recorder { socket.pointee.connection = recorder.newConnection() }
    directory.remember(socket.pointee)
    let extra = latency(figures.connectLatency, of: links[socket.pointee.link])
    send(
      .connectArrival, index, socket.pointee.generation, over: socket.pointee.link, extra: extra)
    return .done(SlabID(index: index, generation: socket.pointee.generation))
  }

  /// How connecting stands.
  func connectResult(_ id: SlabID) -> Attempt<Void> {
    guard let socket = sockets.find(id.index, id.generation) else { return .failed(.closed) }
    if let error = takeError(socket) { return .failed(error) }
    return socket.pointee.phase == .connecting ? .wouldBlock : .done(())
  }

  /// The request is at the other host, if nothing stands in its way.
  func connectionArrives(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.phase == .connecting else { return }
    if isClogged(socket.pointee.link, .connectArrival, index) { return }
    if isCut(socket.pointee.link) {
      effects.pointee.partition.handshakesLost += 1
      return retryLater(index)
    }
    let known = socket.pointee.peer
    if let other = sockets.find(known.index, known.generation) {
      let listener = other.pointee.listener
      if listeners.find(listener.index, listener.generation) != nil { return answer(index) }
      release(known.index)  // the port has been closed since the request first came
    }
    if faultsUntil.pointee.connects > now, turnsAway(index) { return }
    let id = directory.listener(socket.pointee.remoteHost, socket.pointee.remotePort)
    guard let id else {
      return send(
        .connectRefusal, index, socket.pointee.generation, over: socket.pointee.returnLink)
    }
    let listener = listeners[id.index]
    if listener.pointee.waiting > listener.pointee.backlog {
      effects.pointee.backlogOverflows += 1  // as Linux does: the request is dropped
      return retryLater(index)
    }
    listener.pointee.waiting += 1
    makeOtherEnd(of: index, at: id, node: listener.pointee.node)
    answer(index)
  }

  private func makeOtherEnd(of index: Int32, at listener: SlabID, node: UInt32) {
    let other = sockets.take()
    let socket = sockets[index]  // taking may have moved the slab
    let end = sockets[other]
    end.pointee.phase = .arriving
    end.pointee.host = socket.pointee.remoteHost
    end.pointee.remoteHost = socket.pointee.host
    end.pointee.port = socket.pointee.remotePort
    end.pointee.remotePort = socket.pointee.port
    end.pointee.node = node
    end.pointee.link = socket.pointee.returnLink
    end.pointee.returnLink = socket.pointee.link
    end.pointee.listener = listener
    end.pointee.connection = socket.pointee.connection
    end.pointee.lastHeard = now
    end.pointee.retryDelay = NetworkFigures.connectRetry
    end.pointee.peer = SlabID(index: index, generation: socket.pointee.generation)
    socket.pointee.peer = SlabID(index: other, generation: end.pointee.generation)
  }

  private func answer(_ index: Int32) {
    let socket = sockets[index]
    send(.connectAnswer, index, socket.pointee.generation, over: socket.pointee.returnLink)
  }

  func connectionIsAnswered(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.phase == .connecting else { return }
    if isClogged(socket.pointee.returnLink, .connectAnswer, index) { return }
    if isCut(socket.pointee.returnLink) {
      effects.pointee.partition.handshakesLost += 1
      return retryLater(index)
    }
    let peer = socket.pointee.peer
    guard let other = sockets.find(peer.index, peer.generation), !other.pointee.isBroken else {
      return fail(index, .connectionReset)  // closed meanwhile
    }
    socket.pointee.phase = .established
    socket.pointee.lastHeard = now
    socket.pointee.stalledSince = .max
    wake(&socket.pointee.writer)
    send(
      .connectComplete, peer.index, peer.generation, over: socket.pointee.link,
      extra: latency(figures.acceptLatency, of: links[socket.pointee.link]))
  }

  /// The accepting side knows that the connection stands: it can be accepted.
  func connectionIsComplete(_ index: Int32) {
    let socket = sockets[index]
    if socket.pointee.phase == .established { return becomeReady(index) }
    guard socket.pointee.phase == .arriving else { return }
    if isClogged(socket.pointee.returnLink, .connectComplete, index) { return }
    if isCut(socket.pointee.returnLink) {
      effects.pointee.partition.handshakesLost += 1
      let delay = socket.pointee.retryDelay
      if delay > NetworkFigures.longestAnswerRetry { return abandonArriving(index) }
      socket.pointee.retryDelay = delay * 2
      return schedule(.connectComplete, index, socket.pointee.generation, at: now + delay)
    }
    let peer = socket.pointee.peer
    guard let client = sockets.find(peer.index, peer.generation), !client.pointee.isBroken else {
      return abandonArriving(index)  // its host answers with a reset
    }
    socket.pointee.phase = .established
    becomeReady(index)
  }

  /// What was sent over the connection comes before the accepting side can accept it: the handshake
  /// is over, but the program isn't told any sooner. If the last step was lost, this stands for it.
  func handshakeIsOver(_ index: Int32) {
    let socket = sockets[index]
    socket.pointee.phase = .established
    if socket.pointee.retryDelay > NetworkFigures.connectRetry { becomeReady(index) }
  }

  private func becomeReady(_ index: Int32) {
    let socket = sockets[index]
    let id = socket.pointee.listener
    guard id != .none, !socket.pointee.flags.contains(.ready) else { return }
    guard let listener = listeners.find(id.index, id.generation) else { return reset(index) }
    socket.pointee.flags.insert(.ready)
    let last = listener.pointee.lastReady
    if last >= 0 {
      sockets[last].pointee.next = index
    } else {
      listener.pointee.firstReady = index
    }
    listener.pointee.lastReady = index
    wake(&listener.pointee.acceptor)
  }

  /// Nobody listens there.
  func connectionIsRefused(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.phase == .connecting else { return }
    if isClogged(socket.pointee.returnLink, .connectRefusal, index) { return }
    if isCut(socket.pointee.returnLink) {
      effects.pointee.partition.handshakesLost += 1
      return retryLater(index)
    }
    fail(index, .connectionRefused)
  }

  func retryLater(_ index: Int32) {
    let socket = sockets[index]
    let delay = socket.pointee.retryDelay
    socket.pointee.retryDelay = delay * 2
    let spent = now - socket.pointee.stalledSince
    let left = figures.connectTimeout - min(figures.connectTimeout, spent)
    schedule(.connectRetry, index, socket.pointee.generation, at: now + min(delay, left))
  }

  /// Puts a step of a handshake off while its link passes nothing on. False: it may go on.
  private func isClogged(_ link: Int32, _ kind: EventKind, _ index: Int32) -> Bool {
    guard links[link].pointee.cloggedUntil > now else { return false }
    holdBack(kind, index, on: link)
    return true
  }

  func retryConnecting(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.phase == .connecting else { return }
    if now - socket.pointee.stalledSince >= figures.connectTimeout {
      return fail(index, .timedOut)
    }
    send(.connectArrival, index, socket.pointee.generation, over: socket.pointee.link)
  }

  /// The connecting side goes before the handshake is over: its host will answer the other with a
  /// reset, as soon as a way leads there.
  func forsakeOtherEnd(of socket: UnsafeMutablePointer<Socket>) {
    let peer = socket.pointee.peer
    guard let other = sockets.find(peer.index, peer.generation), other.pointee.phase == .arriving
    else { return }
    send(.connectComplete, peer.index, peer.generation, over: socket.pointee.link)
  }

  /// The accepting side of a connection that never came to stand.
  func abandonArriving(_ index: Int32) {
    let id = sockets[index].pointee.listener
    guard sockets[index].pointee.phase == .arriving else { return }
    listeners.find(id.index, id.generation)?.pointee.waiting -= 1
    release(index)
  }
}
