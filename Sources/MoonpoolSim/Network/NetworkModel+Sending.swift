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

/// What an operation that never waits says.
enum Attempt<Value> {
  case done(Value)
  /// Nothing to be had, or no room, at present: leave a waiter.
  case wouldBlock
  case failed(NetworkError.Code)
}

/// From a write to the arrival at the other end.
extension NetworkModel {
  /// Takes what there is room for: first what the other end may be sent, then what the send buffer
  /// holds.
  func write(_ index: Int32, _ bytes: [UInt8], from start: Int) -> Attempt<Int> {
    let socket = sockets[index]
    if let error = takeError(socket) { return .failed(error) }
    if !socket.pointee.flags.isDisjoint(with: [.finished, .failed, .closed]) {
      return .failed(socket.pointee.flags.contains(.closed) ? .closed : .brokenPipe)
    }
    var wanted = bytes.count - start
    if faultsUntil.pointee.partialIO > now { wanted = shortenedWrite(socket, wanted) }
    if wanted <= 0 { return .done(0) }
    var accepted = 0
    if socket.pointee.unsent.isEmpty {
      accepted = min(wanted, windowRoom(socket))
      if accepted > 0 { send(index, bytes, start, accepted) }
    }
    let room = figures.sendBuffer - socket.pointee.unsent.bytes
    let kept = min(wanted - accepted, room)
    if kept > 0 {
      let chunk = chunks.take()
      chunks[chunk].pointee.bytes = bytes
      chunks[chunk].pointee.offset = start + accepted
      chunks[chunk].pointee.count = kept
      sockets[index].pointee.unsent.append(chunk, in: chunks)
      accepted += kept
    }
    return accepted > 0 ? .done(accepted) : .wouldBlock
  }

  /// Bytes that the other end has room for, as far as this one knows.
  @inline(__always)
  func windowRoom(_ socket: UnsafeMutablePointer<Socket>) -> Int {
    var used = socket.pointee.inFlight.bytes + socket.pointee.unacknowledged
    let peer = socket.pointee.peer
    if let other = sockets.find(peer.index, peer.generation) {
      used += other.pointee.received.bytes
    }
    return max(0, figures.receiveWindow - used)
  }

  /// Puts a part of an array on its way, in segments where the configuration cuts it.
  @inline(__always)
  private func send(_ index: Int32, _ bytes: [UInt8], _ start: Int, _ count: Int) {
    guard figures.segmentSize < count else {
      return transmit(index, .data, bytes, start, count)
    }
    var offset = start
    let end = start + count
    while offset < end {
      let size = min(figures.segmentSize, end - offset)
      transmit(index, .data, bytes, offset, size)
      offset += size
    }
  }

  /// One thing on its way to the other end, behind all that was sent before.
  private func transmit(
    _ index: Int32, _ kind: Chunk.Kind, _ bytes: [UInt8], _ offset: Int, _ count: Int
  ) {
    let number = chunks.take()
    let chunk = chunks[number]
    chunk.pointee.kind = kind
    chunk.pointee.bytes = bytes
    chunk.pointee.offset = offset
    chunk.pointee.count = count
    let socket = sockets[index]
    let due = max(arrival(over: socket.pointee.link, bytes: count), socket.pointee.lastDue)
    chunk.pointee.due = due
    socket.pointee.lastDue = due
    if let recorder { noteSent(chunk, socket, recorder) }
    socket.pointee.inFlight.append(number, in: chunks)
    if socket.pointee.flags.contains(.delivering) { return }
    scheduleDelivery(index, socket, at: due)
  }

  @inline(__always)
  private func scheduleDelivery(
    _ index: Int32, _ socket: UnsafeMutablePointer<Socket>, at when: UInt64
  ) {
    socket.pointee.flags.insert(.delivering)
    schedule(.dataDelivery, index, socket.pointee.generation, at: when)
  }

  // MARK: Arrival

  /// The first thing in flight is due, or a retry.
  func deliver(_ index: Int32) {
    let socket = sockets[index]
    socket.pointee.flags.remove(.delivering)
    guard !socket.pointee.inFlight.isEmpty else { return }
    if links[socket.pointee.link].pointee.cloggedUntil > now { return holdBack(index) }
    if isCut(socket.pointee.link) { return stall(index) }
    let peer = socket.pointee.peer
    guard let other = sockets.find(peer.index, peer.generation), !other.pointee.isBroken else {
      return refuseDelivery(index)
    }
    socket.pointee.stalledSince = .max
    if other.pointee.flags.contains(.closed) { return deliverToClosed(index, other) }
    let arrived = handOver(socket, other, peer.index)
    guard arrived >= 0 else { return }  // a reset: both ends have been seen to
    if arrived > 0, isCut(socket.pointee.returnLink) { loseAcknowledgement(index, arrived) }
    if !socket.pointee.inFlight.isEmpty {
      let first = socket.pointee.inFlight.first
      scheduleDelivery(index, socket, at: max(now, chunks[first].pointee.due))
    } else {
      releaseIfOver(index)
    }
  }

  /// Moves what is due to the other end and wakes its reader. Returns the bytes; -1 for a reset.
  private func handOver(
    _ socket: UnsafeMutablePointer<Socket>, _ other: UnsafeMutablePointer<Socket>, _ peer: Int32
  ) -> Int {
    var bytes = 0
    var news = false
    while !socket.pointee.inFlight.isEmpty {
      let number = socket.pointee.inFlight.first
      guard chunks[number].pointee.due <= now else { break }
      _ = socket.pointee.inFlight.removeFirst(in: chunks)
      news = true
      recorder?.end(chunks[number].pointee.message, .delivered, at: now)
      switch chunks[number].pointee.kind {
      case .data:
        if now > links[socket.pointee.link].pointee.corruptAfter { corrupt(number, socket) }
        bytes += chunks[number].pointee.count
        other.pointee.received.append(number, in: chunks)
      case .finish:
        chunks.release(number)
        other.pointee.flags.insert(.endOfStream)
        socket.pointee.flags.insert(.finishDelivered)
      case .reset:
        chunks.release(number)
        let own = other.pointee.peer.index
        receiveReset(peer)
        release(own)
        return -1
      }
    }
    guard news else { return 0 }
    other.pointee.lastHeard = now
    if other.pointee.phase == .arriving { handshakeIsOver(peer) }
    if other.pointee.reader != nil { wake(&other.pointee.reader) }
    return bytes
  }

  /// The other end has been closed by its program, and is still there because it has something to
  /// say. Nobody can read data for it: it goes on with a reset, as Linux does.
  private func deliverToClosed(_ index: Int32, _ other: UnsafeMutablePointer<Socket>) {
    let socket = sockets[index]
    let peer = socket.pointee.peer.index
    while !socket.pointee.inFlight.isEmpty {
      let number = socket.pointee.inFlight.first
      guard chunks[number].pointee.due <= now else {
        return scheduleDelivery(index, socket, at: chunks[number].pointee.due)
      }
      let kind = chunks[number].pointee.kind
      let fate: SpaceTime.Message.Fate = kind == .data ? .refused : .delivered
      recorder?.end(chunks[number].pointee.message, fate, at: now)
      chunks.release(socket.pointee.inFlight.removeFirst(in: chunks))
      switch kind {
      case .data:
        if !other.pointee.flags.contains(.resetSent) { sendReset(peer) }
      case .finish:
        socket.pointee.flags.insert(.finishDelivered)
        other.pointee.flags.insert(.endOfStream)
      case .reset:
        release(peer)
        return release(index)
      }
    }
    releaseIfOver(index)
  }

  /// The other host knows nothing of the connection: it answers with a reset, unless the end of the
  /// stream comes from an end that has seen the other's: then it is the last word.
  private func refuseDelivery(_ index: Int32) {
    let socket = sockets[index]
    if socket.pointee.flags.contains(.resetSent) { return release(index) }
    if isCut(socket.pointee.returnLink) { return stall(index) }
    let kind = chunks[socket.pointee.inFlight.first].pointee.kind
    let isLastWord = kind == .finish && socket.pointee.flags.contains(.endOfStream)
    if let recorder {
      noteEnd(of: socket.pointee.inFlight, isLastWord ? .delivered : .refused, recorder)
    }
    socket.pointee.inFlight.removeAll(in: chunks)
    if isLastWord {
      socket.pointee.flags.insert(.finishDelivered)
      return releaseIfOver(index)
    }
    answerWithReset(index)
  }

  /// What this end sent met nobody: a reset is on its way back.
  func answerWithReset(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.flags.contains(.resetDue) else { return }
    socket.pointee.flags.insert(.resetDue)
    send(.resetDelivery, index, socket.pointee.generation, over: socket.pointee.returnLink)
  }

  // MARK: A way that is cut

  /// What was under way is lost and will be sent again: after the retransmission timeout, then
  /// after twice that, until it gets through or TCP gives up.
  private func stall(_ index: Int32) {
    let socket = sockets[index]
    if socket.pointee.flags.contains(.resetSent) {
      return release(index)  // a reset is sent once, and what went before it isn't sent again
    }
    if let recorder { noteHeld(socket.pointee.inFlight, recorder) }
    if socket.pointee.stalledSince == .max {
      socket.pointee.stalledSince = now
      socket.pointee.retryDelay = figures.retransmission
      effects.pointee.partition.delayed(socket.pointee.inFlight.bytes)
    }
    if now - socket.pointee.stalledSince >= figures.giveUp {
      effects.pointee.partition.connectionsLost += 1
      return fail(index, .timedOut)
    }
    scheduleDelivery(index, socket, at: now + nextRetry(socket))
  }

  private func nextRetry(_ socket: UnsafeMutablePointer<Socket>) -> UInt64 {
    let delay = socket.pointee.retryDelay
    socket.pointee.retryDelay = min(delay * 2, figures.longestRetransmission)
    return delay
  }

  /// The bytes have arrived, but this end doesn't hear of it: it goes on sending them, and may give
  /// up although the other end has them.
  private func loseAcknowledgement(_ index: Int32, _ bytes: Int) {
    let socket = sockets[index]
    socket.pointee.unacknowledged += bytes
    effects.pointee.partition.acknowledgementsLost += 1
    guard !socket.pointee.flags.contains(.acknowledging) else { return }
    socket.pointee.flags.insert(.acknowledging)
    socket.pointee.unacknowledgedSince = now
    socket.pointee.retryDelay = figures.retransmission
    schedule(
      .acknowledgementRetry, index, socket.pointee.generation, at: now + nextRetry(socket))
  }

  func retryAcknowledging(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.isBroken else { return }
    if isCut(socket.pointee.link) || isCut(socket.pointee.returnLink) {
      if now - socket.pointee.unacknowledgedSince >= figures.giveUp {
        effects.pointee.partition.connectionsLost += 1
        effects.pointee.partition.deliveredButReportedFailed += socket.pointee.unacknowledged
        return fail(index, .timedOut)
      }
      let next = now + nextRetry(socket)
      return schedule(.acknowledgementRetry, index, socket.pointee.generation, at: next)
    }
    socket.pointee.flags.remove(.acknowledging)
    socket.pointee.unacknowledged = 0
    // An end that has said its last word may be gone.
    if isPeerGone(socket), !socket.pointee.flags.contains(.endOfStream) {
      return answerWithReset(index)
    }
    pump(index)
  }

  // MARK: Room at the other end

  /// Sends what was kept back, as far as there is room.
  func pump(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.isBroken else { return }
    while !socket.pointee.unsent.isEmpty {
      let room = windowRoom(socket)
      guard room > 0 else { break }
      let number = socket.pointee.unsent.first
      let chunk = chunks[number]
      let count = min(room, chunk.pointee.count)
      send(index, chunk.pointee.bytes, chunk.pointee.offset, count)
      let rest = chunks[number]  // sending may have moved the slab
      if count == rest.pointee.count {
        chunks.release(socket.pointee.unsent.removeFirst(in: chunks))
      } else {
        rest.pointee.offset += count
        rest.pointee.count -= count
        socket.pointee.unsent.bytes -= count
      }
    }
    if socket.pointee.unsent.isEmpty { sendFinishIfAsked(index) }
    // As Linux does: a writer is woken when a third of the buffer is free.
    if socket.pointee.writer != nil,
      socket.pointee.unsent.bytes * 3 <= figures.sendBuffer * 2
    {
      wake(&socket.pointee.writer)
    }
  }

  /// The reader has taken something: tells the sender, if it waits for room.
  @inline(__always)
  func announceRoom(_ socket: UnsafeMutablePointer<Socket>) {
    let peer = socket.pointee.peer
    guard let sender = sockets.find(peer.index, peer.generation),
      !sender.pointee.unsent.isEmpty, !sender.pointee.flags.contains(.updating)
    else { return }
    sender.pointee.flags.insert(.updating)
    send(.windowUpdate, peer.index, peer.generation, over: socket.pointee.link)
  }

  func updateWindow(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.isBroken else { return }
    let isPeerGone = isPeerGone(socket)
    if isCut(socket.pointee.returnLink) || isPeerGone && isCut(socket.pointee.link) {
      return askForRoomAgain(index)
    }
    socket.pointee.flags.remove(.updating)
    if isPeerGone { return answerWithReset(index) }
    pump(index)
  }

  /// The news is lost; the sender asks by and by (TCP's persist timer), until it gives up.
  private func askForRoomAgain(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.inFlight.isEmpty else {  // what is in flight decides when to give up
      let next = now + figures.retransmission
      return schedule(.windowUpdate, index, socket.pointee.generation, at: next)
    }
    if socket.pointee.stalledSince == .max {
      socket.pointee.stalledSince = now
      socket.pointee.retryDelay = figures.retransmission
    }
    if now - socket.pointee.stalledSince >= figures.giveUp {
      effects.pointee.partition.connectionsLost += 1
      return fail(index, .timedOut)
    }
    schedule(.windowUpdate, index, socket.pointee.generation, at: now + nextRetry(socket))
  }

  /// The end that `peer` talks to goes without a word: if it waits for room there, its questions
  /// must find out.
  func startProbing(_ peer: SlabID) {
    guard let sender = sockets.find(peer.index, peer.generation),
      !sender.pointee.unsent.isEmpty, !sender.pointee.flags.contains(.updating)
    else { return }
    sender.pointee.flags.insert(.updating)
    schedule(.windowUpdate, peer.index, peer.generation, at: now + figures.retransmission)
  }

  /// Whether the other host doesn't know the connection any more.
  private func isPeerGone(_ socket: UnsafeMutablePointer<Socket>) -> Bool {
    let peer = socket.pointee.peer
    guard let other = sockets.find(peer.index, peer.generation) else { return true }
    return other.pointee.isBroken
  }

  // MARK: Ends

  /// Sends the end of the stream once all before it is sent.
  func sendFinishIfAsked(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.flags.contains(.finished), !socket.pointee.flags.contains(.finishSent),
      socket.pointee.phase == .established, !socket.pointee.isBroken
    else { return }
    socket.pointee.flags.insert(.finishSent)
    transmit(index, .finish, [], 0, 0)
  }

  /// What was written last is on its way, and then a reset.
  func sendReset(_ index: Int32) {
    sockets[index].pointee.unsent.removeAll(in: chunks)
    sockets[index].pointee.flags.insert(.resetSent)
    transmit(index, .reset, [], 0, 0)
  }
}
