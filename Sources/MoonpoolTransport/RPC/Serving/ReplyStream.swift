//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// The answer to a request that has many elements.
public struct ReplyStream<Element: Encodable & Sendable>: Sendable {
  let request: ReceivedRequest
  let gate: CreditGate
  let codec: any MessageCodec
  let limit: Int

  /// Sends an element, once the other side wants it. One task at a time.
  ///
  /// - Throws: `CancellationError`, if nobody wants more: the caller has gone, or the connection
  ///   is lost. ``CodecError``, or ``LinkError/payloadIsTooLong(_:limit:)``: then nothing was sent.
  public func send(_ element: Element) async throws {
    let bytes = try codec.encode(element)
    guard bytes.count <= limit else { throw LinkError.payloadIsTooLong(bytes.count, limit: limit) }
    try await gate.take()
    request.origin.answer(Packet(.element, to: request.head.replyToken, bytes[...]))
  }
}
