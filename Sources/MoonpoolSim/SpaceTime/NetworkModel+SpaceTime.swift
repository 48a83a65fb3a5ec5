//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// What of the network is written down: nothing of this is called in runs that aren't recorded.
extension NetworkModel {
  /// A part of a stream is on its way.
  @inline(never)
  func noteSent(
    _ chunk: UnsafeMutablePointer<Chunk>, _ socket: UnsafeMutablePointer<Socket>,
    _ recorder: SpaceTimeRecorder
  ) {
    let kind: SpaceTime.Message.Kind =
      switch chunk.pointee.kind {
      case .data: .data
      case .finish: .finish
      case .reset: .reset
      }
    chunk.pointee.message = recorder.send(
      SpaceTime.Message(
        kind, from: socket.pointee.host, to: socket.pointee.remoteHost, sent: now,
        bytes: Int32(clamping: chunk.pointee.count), connection: socket.pointee.connection))
  }

  /// All that a queue holds has met its fate.
  @inline(never)
  func noteEnd(
    of queue: ChunkQueue, _ fate: SpaceTime.Message.Fate, _ recorder: SpaceTimeRecorder
  ) {
    var index = queue.first
    while index >= 0 {
      recorder.end(chunks[index].pointee.message, fate, at: now)
      index = chunks[index].pointee.next
    }
  }

  /// Nobody waits for anything any more that was under way for this end.
  @inline(never)
  func noteEnd(of socket: UnsafeMutablePointer<Socket>, _ recorder: SpaceTimeRecorder) {
    noteEnd(of: socket.pointee.inFlight, .lost, recorder)
    recorder.end(socket.pointee.step, .lost, at: now)
  }

  /// What is due can't get on.
  @inline(never)
  func noteHeld(_ queue: ChunkQueue, _ recorder: SpaceTimeRecorder) {
    var index = queue.first
    while index >= 0, chunks[index].pointee.due <= now {
      recorder.hold(chunks[index].pointee.message)
      index = chunks[index].pointee.next
    }
  }

  /// A step of a handshake, or a reset from a host that doesn't know the connection, is on its way.
  @inline(never)
  func noteStep(
    _ event: EventKind, _ index: Int32, over link: Int32, _ recorder: SpaceTimeRecorder
  ) {
    let kind: SpaceTime.Message.Kind
    switch event {
    case .connectArrival: kind = .connect
    case .connectAnswer: kind = .accept
    case .connectRefusal, .resetDelivery: kind = .reset
    default: return
    }
    sockets[index].pointee.step = recorder.send(
      SpaceTime.Message(
        kind, from: links[link].pointee.from, to: links[link].pointee.to, sent: now,
        connection: sockets[index].pointee.connection))
  }

  /// A step is due, and gets there unless something is in its way.
  @inline(never)
  func noteArrival(_ event: EventKind, _ index: Int32, _ recorder: SpaceTimeRecorder) {
    let socket = sockets[index]
    let link: Int32
    switch event {
    case .connectArrival: link = socket.pointee.link
    case .connectAnswer, .connectRefusal: link = socket.pointee.returnLink
    case .resetDelivery: return recorder.end(socket.pointee.step, .delivered, at: now)
    default: return
    }
    if links[link].pointee.cloggedUntil > now {
      recorder.hold(socket.pointee.step)
    } else {
      recorder.end(socket.pointee.step, isCut(link) ? .lost : .delivered, at: now)
    }
  }

  /// A datagram is on its way, or is lost where it is sent.
  @inline(never)
  func note(_ datagram: DatagramState, isLost: Bool, _ recorder: SpaceTimeRecorder) -> Int32 {
    let number = recorder.send(
      SpaceTime.Message(
        .datagram, from: datagram.host, to: datagram.remoteHost, sent: now,
        bytes: Int32(clamping: datagram.bytes.count)))
    if isLost { recorder.end(number, .lost, at: now) }
    return number
  }
}
