//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Synchronization

/// The answer that a request waits for. To be kept or broken once: whoever lets go of it without
/// an answer breaks it, and the caller gets ``ReplyError/brokenPromise``.
public final class ReplyPromise<Reply: Encodable & Sendable>: Sendable {
  private let codec: any MessageCodec
  private let limit: Int
  /// Nil once it was answered.
  private let respond: Mutex<(@Sendable (Answer) -> Void)?>

  init(
    _ codec: any MessageCodec, limit: Int, respond: @escaping @Sendable (Answer) -> Void
  ) {
    self.codec = codec
    self.limit = limit
    self.respond = Mutex(respond)
  }

  deinit { answer(Answer(.brokenPromise)) }

  /// Answers. Returns false if there was an answer before: then this one goes nowhere.
  @discardableResult
  public func send(_ reply: Reply) -> Bool { answer(.encoding(reply, codec, limit: limit)) }

  /// Answers with an error, which the caller gets as ``ReplyError/failed(_:)``. Returns false if
  /// there was an answer before.
  @discardableResult
  public func send(error: any Error) -> Bool { answer(.failing(error, codec, limit: limit)) }

  @discardableResult
  private func answer(_ answer: Answer) -> Bool {
    let respond = respond.withLock { $0.take() }
    respond?(answer)
    return respond != nil
  }
}

extension Answer {
  /// A handler's value; or why it can't be sent.
  static func encoding(
    _ value: some Encodable, _ codec: any MessageCodec, limit: Int
  ) -> Answer {
    do {
      let bytes = try codec.encode(value)
      if bytes.count < limit { return Answer(.value, bytes) }
      return Answer(
        .unsendable, because: "it takes \(bytes.count) bytes, and a packet holds \(limit)")
    } catch {
      return Answer(.unsendable, because: "\(error)")
    }
  }

  /// A handler's error.
  static func failing(_ error: any Error, _ codec: any MessageCodec, limit: Int) -> Answer {
    if error is CancellationError { return Answer(.brokenPromise) }
    let failure = RemoteFailure(error, codec)
    guard let bytes = try? codec.encode(failure), bytes.count < limit else {
      return Answer(.unsendable, because: "the handler threw \(failure.typeName)")
    }
    return Answer(.failed, bytes)
  }
}
