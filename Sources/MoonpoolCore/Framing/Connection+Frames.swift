//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Messages on a stream, which by itself has only bytes in order.
///
/// TCP's own checksum has 16 bits, and what damages bytes in a switch may make it anew. So each
/// ``Frame`` has checksums of its own.
extension Connection {
  /// How long a payload may be where nothing else is said: 16 MiB.
  public static var defaultFrameLimit: Int { 1 << 24 }

  /// Sends one message.
  ///
  /// - Throws: What ``write(_:timeout:)`` throws. All that can be done then is to close: a part may
  ///   have been sent.
  nonisolated(nonsending) public func writeFrame(
    _ payload: [UInt8], timeout: Duration? = nil
  ) async throws {
    try await write(Frame.encode(payload), timeout: timeout)
  }

  /// Waits for one message; nil at the end of the stream.
  ///
  /// - Throws: ``FrameError``; ``EndOfStream`` in the middle of a frame; ``TimeoutError`` after
  ///   `timeout`, and what else ``read(exactly:timeout:)`` throws. All that can be done then is to
  ///   close: where the next frame begins is not known.
  nonisolated(nonsending) public func readFrame(
    atMost limit: Int = defaultFrameLimit, timeout: Duration? = nil
  ) async throws -> [UInt8]? {
    let start = handler.now
    let bytes: [UInt8]
    do {
      bytes = try await read(exactly: Frame.headerSize, timeout: timeout)
    } catch let end as EndOfStream where end.received == 0 {
      return nil
    }
    guard let header = Frame.Header(bytes[...]) else { throw FrameError.damagedHeader }
    guard Int(header.length) <= limit else {
      throw FrameError.tooLong(header.length, limit: limit)
    }
    let payload: [UInt8]
    do {
      let rest = timeout.map { max(.zero, start + $0 - handler.now) }
      payload = try await read(exactly: Int(header.length), timeout: rest)
    } catch is TimeoutError {
      throw TimeoutError(limit: timeout ?? .zero)
    }
    guard header.fits(payload) else { throw FrameError.damagedPayload }
    return payload
  }
}
