//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore

/// Reading, and the ends of a connection.
extension NetworkModel {
  /// Chunks below this are put together, so that a reader is not woken for crumbs.
  static let crumb = 4096

  /// Takes what has arrived: at least one byte, at most `maximum`; none at the end of the stream.
  func read(_ index: Int32, atMost maximum: Int) -> Attempt<[UInt8]> {
    let socket = sockets[index]
    if maximum <= 0 { return .failed(.invalidArgument) }
    guard !socket.pointee.received.isEmpty else {
      if socket.pointee.flags.contains(.closed) { return .failed(.closed) }
      // After the end of the stream an error is a writer's to hear of, as on Linux.
      if socket.pointee.flags.contains(.endOfStream) { return .done([]) }
      if let error = takeError(socket) { return .failed(error) }
      return socket.pointee.flags.contains(.failed) ? .done([]) : .wouldBlock
    }
    var maximum = maximum
    if faultsUntil.pointee.partialIO > now { maximum = shortenedRead(socket, maximum) }
    let bytes = takeReceived(socket, maximum)
    announceRoom(socket)
    return .done(bytes)
  }

  private func takeReceived(
    _ socket: UnsafeMutablePointer<Socket>, _ maximum: Int
  ) -> [UInt8] {
    let number = socket.pointee.received.first
    let chunk = chunks[number]
    let count = chunk.pointee.count
    if count <= maximum, count >= Self.crumb || number == socket.pointee.received.last {
      let bytes = chunk.pointee.wholeOrCopy()
      chunks.release(socket.pointee.received.removeFirst(in: chunks))
      return bytes
    }
    if count > maximum { return takePart(socket, maximum) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(maximum, socket.pointee.received.bytes))
    while !socket.pointee.received.isEmpty {
      let next = chunks[socket.pointee.received.first]
      if bytes.count + next.pointee.count > maximum { break }
      bytes +=
        next.pointee.bytes[
          next.pointee.offset..<(next.pointee.offset + next.pointee.count)]
      chunks.release(socket.pointee.received.removeFirst(in: chunks))
    }
    return bytes
  }

  private func takePart(
    _ socket: UnsafeMutablePointer<Socket>, _ count: Int
  ) -> [UInt8] {
    let chunk = chunks[socket.pointee.received.first]
    let offset = chunk.pointee.offset
    chunk.pointee.offset += count
    chunk.pointee.count -= count
    socket.pointee.received.bytes -= count
    return Array(chunk.pointee.bytes[offset..<(offset + count)])
  }

  /// The error that the program has not been told yet; it is told once.
  @inline(__always)
  func takeError(_ socket: UnsafeMutablePointer<Socket>) -> NetworkError.Code? {
    guard let error = socket.pointee.error else { return nil }
    socket.pointee.error = nil
    socket.pointee.flags.insert(.failed)
    return error
  }

  // MARK: Ends

  /// Ends the direction from this end to the other.
  func finish(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.flags.contains(.finished) else { return }
    socket.pointee.flags.insert(.finished)
    wake(&socket.pointee.writer)
    if socket.pointee.unsent.isEmpty { sendFinishIfAsked(index) }
  }

  /// The program has no more use for this end. Waiters have been dealt with by the caller.
  func close(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.flags.contains(.closed) else { return }
    socket.pointee.flags.insert(.closed)
    wake(&socket.pointee.reader)
    wake(&socket.pointee.writer)
    if socket.pointee.isBroken || socket.pointee.phase != .established { return release(index) }
    if !socket.pointee.received.isEmpty {
      // Unread bytes are lost, and the other end must know (RFC 1122, 4.2.2.13).
      socket.pointee.received.removeAll(in: chunks)
      return sendReset(index)
    }
    finish(index)
    releaseIfOver(index)
  }

  /// Closes at once, telling the other end.
  func reset(_ index: Int32) {
    let socket = sockets[index]
    guard !socket.pointee.flags.contains(.closed) else { return }
    socket.pointee.flags.insert(.closed)
    wake(&socket.pointee.reader)
    wake(&socket.pointee.writer)
    socket.pointee.received.removeAll(in: chunks)
    if socket.pointee.isBroken || socket.pointee.phase != .established { return release(index) }
    sendReset(index)
  }

  /// A closed end stays until its last byte and the end of the stream have arrived.
  func releaseIfOver(_ index: Int32) {
    let socket = sockets[index]
    guard socket.pointee.flags.contains(.closed),
      socket.pointee.flags.contains(.finishDelivered),
      socket.pointee.inFlight.isEmpty, socket.pointee.unsent.isEmpty
    else { return }
    release(index)
  }

  /// The other end has closed the connection forcibly, or doesn't know of it.
  func receiveReset(_ index: Int32) {
    let socket = sockets[index]
    if socket.pointee.phase == .arriving { return abandonArriving(index) }
    // Linux says `brokenPipe` where the end of the stream had arrived before.
    fail(index, socket.pointee.flags.contains(.endOfStream) ? .brokenPipe : .connectionReset)
  }

  /// Whether a read has something to say.
  func isReadable(_ socket: UnsafeMutablePointer<Socket>) -> Bool {
    !socket.pointee.received.isEmpty || socket.pointee.error != nil
      || !socket.pointee.flags.isDisjoint(with: [.endOfStream, .failed, .closed])
  }

  /// Whether a write has something to say.
  func isWritable(_ socket: UnsafeMutablePointer<Socket>) -> Bool {
    socket.pointee.unsent.bytes < figures.sendBuffer || socket.pointee.error != nil
      || !socket.pointee.flags.isDisjoint(with: [.finished, .failed, .closed])
  }
}

extension Chunk {
  /// The whole array if the chunk is all of it, else a copy of its part.
  @inline(__always)
  mutating func wholeOrCopy() -> [UInt8] {
    if offset == 0, count == bytes.count {
      let whole = bytes
      bytes = []
      return whole
    }
    return Array(bytes[offset..<(offset + count)])
  }
}
