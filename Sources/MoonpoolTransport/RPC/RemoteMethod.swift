//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// A method of another node, to be called.
///
/// How much is promised is chosen at the call:
///
/// | | carried out | when the connection is lost |
/// |---|---|---|
/// | ``send(_:)`` | at most once | nobody knows |
/// | ``tryGetReply(_:timeout:)`` | at most once | it throws ``ReplyError/maybeDelivered`` |
/// | ``getReply(_:timeout:)`` | at least once, when it returns | it is sent again |
/// | ``getReplyUnlessFailed(for:_:timeout:)`` | the same | it is sent again, for a while |
///
/// Where the other side serves with ``DuplicateSuppression``, a request that is sent again is
/// carried out once, for as long as that side lives.
public struct RemoteMethod<Request: Encodable & Sendable, Reply: Decodable & Sendable>: Sendable {
  let transport: Transport
  /// What is called.
  public let method: MethodEndpoint<Request, Reply>

  /// Sends a request whose answer nobody wants. It arrives once or not at all.
  ///
  /// - Throws: ``ReplyError``, if it certainly was not sent: `notDelivered`, `closed`.
  public func send(_ request: Request) throws(ReplyError) {
    try transport.send(request, to: method.endpoint)
  }

  /// Sends a request once and waits for its answer.
  ///
  /// It is for what must not happen twice: where ``ReplyError/maybeDelivered`` is thrown the caller
  /// has to find out by other means.
  ///
  /// - Parameter timeout: How long the answer may take; the other side knows it, and doesn't begin
  ///   with what is too late.
  /// - Throws: ``ReplyError``; `CancellationError`, and then the handler is cancelled too.
  public func tryGetReply(_ request: Request, timeout: Duration? = nil) async throws -> Reply {
    try await transport.call(method, request, .once, timeout)
  }

  /// Sends a request, again after each loss of the connection, until there is an answer.
  ///
  /// Errors of the other side are answers: ``ReplyError/failed(_:)``, `brokenPromise`,
  /// `overloaded`. Where a well-known endpoint isn't served, it asks again until it is; where
  /// another one is gone, and the request may have been carried out before, it throws
  /// `maybeDelivered`.
  ///
  /// - Parameter timeout: How long the answer may take; nil: for ever.
  /// - Throws: ``ReplyError``; `CancellationError`, and then the handler is cancelled too.
  public func getReply(_ request: Request, timeout: Duration? = nil) async throws -> Reply {
    try await transport.call(method, request, .untilAnswered, timeout)
  }

  /// Sends a request, again after each loss of the connection, until there is an answer, or the
  /// other side could not be reached for so long without a break.
  ///
  /// - Parameters:
  ///   - limit: Counted from the first loss during the call, and anew from each loss that a
  ///     connection ended.
  ///   - timeout: How long the answer may take at all; nil: for ever.
  /// - Throws: ``ReplyError``: `maybeDelivered` when the time is over; `CancellationError`.
  public func getReplyUnlessFailed(
    for limit: Duration, _ request: Request, timeout: Duration? = nil
  ) async throws -> Reply {
    try await transport.call(method, request, .unlessFailed(limit), timeout)
  }
}

/// A method of another node whose answer is a stream, to be called.
public struct RemoteStream<Request: Encodable & Sendable, Element: Decodable & Sendable>: Sendable {
  let transport: Transport
  /// What is called.
  public let method: StreamEndpoint<Request, Element>

  /// Sends a request once, and gives the elements of its answer as they come.
  ///
  /// A stream doesn't outlive its connection: then it throws ``ReplyError/maybeDelivered``, after
  /// all elements that had arrived.
  ///
  /// - Parameters:
  ///   - credit: How many elements the other side may be ahead of who takes them, at least 1.
  ///   - timeout: How long all may take; nil: for ever.
  /// - Throws: ``ReplyError``, if it was not sent.
  public func elements(
    _ request: Request, credit: UInt32 = 64, timeout: Duration? = nil
  ) throws(ReplyError) -> ElementStream<Element> {
    precondition(credit >= 1, "a stream needs a credit of at least 1 element")
    return try transport.open(method, request, credit, timeout)
  }
}

/// The elements of a streamed answer. One task takes them, once.
public struct ElementStream<Element: Decodable & Sendable>: AsyncSequence, Sendable {
  /// Takes elements.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let handle: StreamHandle

    /// The next element; nil: that was all.
    ///
    /// - Throws: ``ReplyError``; `CancellationError`.
    public mutating func next() async throws -> Element? {
      guard let bytes = try await handle.next() else { return nil }
      do {
        return try handle.codec.decode(Element.self, from: Array(bytes))
      } catch {
        throw ReplyError.undecodableReply("\(error)")
      }
    }
  }

  let handle: StreamHandle

  /// Takes elements.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(handle: handle) }
}

/// A stream that is open: the other side hears when nobody wants it any more.
final class StreamHandle: Sendable {
  let codec: any MessageCodec
  private let number: UInt64
  private let buffer: ElementBuffer
  private let calls: CallTable

  init(_ number: UInt64, _ buffer: ElementBuffer, _ calls: CallTable, _ codec: any MessageCodec) {
    self.number = number
    self.buffer = buffer
    self.calls = calls
    self.codec = codec
  }

  func next() async throws -> ArraySlice<UInt8>? {
    do {
      guard let bytes = try await buffer.next() else { return nil }
      if let count = buffer.take() { calls.credit(number, count) }
      return bytes
    } catch is CancellationError {
      calls.cancel(number, CancellationError())
      throw CancellationError()
    }
  }

  deinit { calls.cancel(number, CancellationError()) }
}
