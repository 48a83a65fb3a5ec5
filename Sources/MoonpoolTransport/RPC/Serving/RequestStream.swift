//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import DequeModule
import MoonpoolCore
import Synchronization

/// The requests at an endpoint, one after the other, for who wants to answer in an order of their
/// own.
///
/// One task at a time takes them. What is not taken when it closes is answered with a broken
/// promise.
public struct RequestStream<Request: Decodable & Sendable, Reply: Encodable & Sendable>:
  AsyncSequence, Sendable
{
  /// A request, and what its sender waits for.
  public struct Element: Sendable {
    /// What it says.
    public let request: Request
    /// Its answer.
    public let reply: ReplyPromise<Reply>
    /// Who sent it, and how long they wait.
    public let context: RequestContext
  }

  /// It ends, but doesn't fail.
  public typealias Failure = Never

  /// Takes requests.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let stream: RequestStream

    /// The next request; nil when the endpoint is closed, or the task cancelled.
    public mutating func next() async -> Element? { await stream.next() }

    /// The next request; nil when the endpoint is closed, or the task cancelled.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
      await stream.next()
    }
  }

  let queue: RequestQueue
  let codec: any MessageCodec
  let limit: Int

  /// Begins to take them.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  private func next() async -> Element? {
    while let request = await queue.next() {
      if let element = element(request) { return element }
    }
    return nil
  }

  /// Nil: it can't be read, and its sender knows.
  private func element(_ request: ReceivedRequest) -> Element? {
    do {
      let value = try codec.decode(Request.self, from: request.body)
      let promise = ReplyPromise<Reply>(codec, limit: limit) { [queue] answer in
        queue.finish(request, answer)
      }
      return Element(request: value, reply: promise, context: RequestContext(request))
    } catch {
      queue.finish(request, Answer(.undecodable, because: "\(error)"))
      return nil
    }
  }
}

/// Requests that wait to be taken.
final class RequestQueue: Receiver {
  private struct State {
    var waiting = Deque<ReceivedRequest>()
    var taker: UnsafeContinuation<ReceivedRequest?, Never>?
    /// Those that were taken, and where their answers go.
    var open: [RequestKey: RequestOrigin] = [:]
    var duplicates: DuplicateTable?
    var isClosed = false
  }

  private let options: ServeOptions
  private let node: Node
  private let state: Mutex<State>

  init(on node: Node, _ options: ServeOptions) {
    self.node = node
    self.options = options
    state = Mutex(State(duplicates: options.duplicates.map { DuplicateTable($0) }))
  }

  func receive(_ request: ReceivedRequest) {
    typealias Taker = UnsafeContinuation<ReceivedRequest?, Never>
    let now = node.providers.time.now
    let (taker, answer) = state.withLock { state -> (Taker?, Answer?) in
      if state.isClosed { return (nil, Answer(.brokenPromise)) }
      let key = request.key
      if state.open[key] != nil {
        state.open[key] = request.origin
        return (nil, nil)
      }
      switch state.duplicates?.rule(on: request, at: now) {
      case nil, .carryOut: break
      case .ignore: return (nil, nil)
      case .answer(let answer): return (nil, answer)
      }
      guard state.waiting.count < options.queueLimit || state.taker != nil else {
        state.duplicates?.forget(key)
        return (nil, Answer(.overloaded))
      }
      state.open[key] = request.origin
      if let taker = state.taker.take() { return (taker, nil) }
      state.waiting.append(request)
      return (nil, nil)
    }
    taker?.resume(returning: request)
    if let answer { request.answer(answer) }
  }

  /// The next request that is still wanted and not too late; nil: there are no more.
  func next() async -> ReceivedRequest? {
    while let request = await nextOpen() {
      guard let deadline = request.deadline, deadline <= node.providers.time.now else {
        return request
      }
      finish(request, Answer(.deadlineExceeded))
    }
    return nil
  }

  private func nextOpen() async -> ReceivedRequest? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let (isThere, request) = state.withLock { state -> (Bool, ReceivedRequest?) in
          precondition(state.taker == nil, "two tasks take requests of one stream")
          while let next = state.waiting.popFirst() {
            if state.open[next.key] != nil { return (true, next) }
          }
          if state.isClosed || Task.isCancelled { return (true, nil) }
          state.taker = continuation
          return (false, nil)
        }
        if isThere { continuation.resume(returning: request) }
      }
    } onCancel: {
      state.withLock { $0.taker.take() }?.resume(returning: nil)
    }
  }

  func finish(_ request: ReceivedRequest, _ answer: Answer) {
    let origin = state.withLock { state in
      state.duplicates?.finish(request.key, answer)
      return state.open.removeValue(forKey: request.key)
    }
    origin?.answer(Packet(.reply, to: request.head.replyToken, answer.payload))
  }

  func cancel(_ key: RequestKey) {
    state.withLock { state in
      // Whoever answers it does so for nobody.
      if state.open.removeValue(forKey: key) != nil,
        state.waiting.contains(where: { $0.key == key })
      {
        state.duplicates?.forget(key)
      }
    }
  }

  func close() {
    let (waiting, taker) = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      let waiting = state.waiting.filter { state.open.removeValue(forKey: $0.key) != nil }
      return (waiting, state.taker.take())
    }
    for request in waiting { request.answer(Answer(.brokenPromise)) }
    taker?.resume(returning: nil)
  }
}
