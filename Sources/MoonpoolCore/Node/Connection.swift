//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// One end of a stream: bytes in order, both ways, until one side ends it.
///
/// A copy is the same connection. It closes when ``close()`` is called or its last copy goes.
///
/// ```swift
/// try await connection.write(request)
/// let header = try await connection.read(exactly: 24)
/// for try await bytes in connection.inbound { … }
/// ```
public struct Connection: Sendable {
  /// What does the work; for those who write providers.
  public let handler: any ConnectionHandler

  /// Creates the front of a handler.
  public init(handler: any ConnectionHandler) { self.handler = handler }

  /// This end.
  public var localAddress: NetworkAddress { handler.localAddress }
  /// The other end.
  public var remoteAddress: NetworkAddress { handler.remoteAddress }

  /// How much one read returns at most where nothing else is said: 64 KiB.
  public static var defaultReadSize: Int { 65_536 }

  /// Waits for bytes and returns 1 to `maximum` of them; nil at the end of the stream.
  ///
  /// - Throws: ``TimeoutError`` after `timeout`; ``NetworkError``: `connectionReset`, `timedOut`,
  ///   `closed`; `CancellationError`.
  @inlinable
  nonisolated(nonsending) public func read(
    atMost maximum: Int = defaultReadSize, timeout: Duration? = nil
  ) async throws -> [UInt8]? {
    if let bytes = try handler.tryRead(atMost: maximum) { return bytes.isEmpty ? nil : bytes }
    let deadline = timeout.map(deadline)
    while true {
      try await waitUntilReadable(deadline, timeout)
      if let bytes = try handler.tryRead(atMost: maximum) { return bytes.isEmpty ? nil : bytes }
    }
  }

  /// Waits for so many bytes.
  ///
  /// - Throws: ``EndOfStream`` if the stream ends before; and what ``read(atMost:timeout:)``
  /// throws.
  ///   What came before then is lost.
  @inlinable
  nonisolated(nonsending) public func read(
    exactly count: Int, timeout: Duration? = nil
  ) async throws -> [UInt8] {
    precondition(count >= 0, "a count of bytes must not be negative")
    if count == 0 { return [] }
    let deadline = timeout.map(deadline)
    var received: [UInt8] = []
    while true {
      guard let bytes = try handler.tryRead(atMost: count - received.count) else {
        try await waitUntilReadable(deadline, timeout)
        continue
      }
      if bytes.count == count { return bytes }
      if bytes.isEmpty { throw EndOfStream(received: received.count, expected: count) }
      received.reserveCapacity(count)
      received += bytes
      if received.count == count { return received }
    }
  }

  /// Gives bytes to the connection, waiting while there is no room for them.
  ///
  /// Returning says that they are on their way, not that they arrived.
  ///
  /// - Throws: ``TimeoutError`` after `timeout`; ``NetworkError``: `connectionReset`, `brokenPipe`,
  ///   `timedOut`, `closed`; `CancellationError`. A part may have been sent then.
  @inlinable
  nonisolated(nonsending) public func write(
    _ bytes: [UInt8], timeout: Duration? = nil
  ) async throws {
    var written = try handler.tryWrite(bytes, from: 0)
    if written == bytes.count { return }
    let deadline = timeout.map(deadline)
    while written < bytes.count {
      do {
        try await handler.waitUntilWritable(by: deadline)
      } catch is DeadlineExceeded {
        throw TimeoutError(limit: timeout ?? .zero)
      }
      written += try handler.tryWrite(bytes, from: written)
    }
  }

  @usableFromInline
  func deadline(after timeout: Duration) -> Duration { handler.now + timeout }

  @inlinable
  nonisolated(nonsending) func waitUntilReadable(
    _ deadline: Duration?, _ timeout: Duration?
  ) async throws {
    guard let timeout else { return try await handler.waitUntilReadable(by: nil) }
    do {
      try await handler.waitUntilReadable(by: deadline)
    } catch is DeadlineExceeded {
      throw TimeoutError(limit: timeout)
    }
  }

  /// Gives several pieces to the connection, one after the other.
  nonisolated(nonsending) public func write(_ pieces: [[UInt8]]) async throws {
    for piece in pieces where !piece.isEmpty { try await write(piece) }
  }

  /// Ends this direction: the other end reads what was written, and then the end of the stream.
  public func finish() { handler.finish() }

  /// Closes both directions; what was written is still delivered. See
  /// ``ConnectionHandler/close()``.
  public func close() { handler.close() }

  /// Closes at once: what is under way is lost, and the other end gets `connectionReset`.
  public func reset() { handler.reset() }

  /// Probes the other end while the connection is idle; nil switches that off.
  public func setKeepAlive(_ keepAlive: KeepAlive?) { handler.setKeepAlive(keepAlive) }
}

/// The stream ended before all expected bytes had come.
public struct EndOfStream: Error, Sendable, Hashable, CustomStringConvertible {
  /// How many came.
  public var received: Int
  /// How many were expected.
  public var expected: Int

  /// Creates an error.
  public init(received: Int, expected: Int) {
    self.received = received
    self.expected = expected
  }

  public var description: String { "end of stream after \(received) of \(expected) bytes" }
}

extension Connection {
  /// What arrives, as a sequence of pieces that ends with the stream.
  public var inbound: Inbound { Inbound(connection: self) }

  /// The direction in which this end writes.
  public var outbound: Outbound { Outbound(connection: self) }

  /// The pieces in which bytes arrive. How they are cut means nothing.
  public struct Inbound: AsyncSequence, Sendable {
    let connection: Connection

    /// Begins with what has not been read yet.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

    /// Reads the next piece, of at most ``Connection/defaultReadSize`` bytes.
    public struct Iterator: AsyncIteratorProtocol {
      let connection: Connection

      nonisolated(nonsending) public mutating func next() async throws -> [UInt8]? {
        try await connection.read()
      }
    }
  }

  /// The direction in which this end writes.
  public struct Outbound: Sendable {
    let connection: Connection

    /// See ``Connection/write(_:)-([UInt8])``.
    nonisolated(nonsending) public func write(_ bytes: [UInt8]) async throws {
      try await connection.write(bytes)
    }

    /// See ``Connection/finish()``.
    public func finish() { connection.finish() }
  }
}
