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

/// Carries requests out, many at once, each in a task of its own.
final class HandlerReceiver: Receiver {
  typealias Work = @Sendable (ReceivedRequest) async -> Answer

  /// A request that has been taken, until it is done or given up.
  fileprivate struct Active {
    /// Who is answered: a request that comes again may come over another connection.
    var origin: RequestOrigin
    /// Its place among all that were taken.
    var order: UInt64
    var task: Task<Void, any Error>?
    var isCancelled = false
  }

  fileprivate struct State {
    var running = 0
    var taken: UInt64 = 0
    /// Those that haven't been begun. Whose request is not active any more was given up.
    var waiting = Deque<ReceivedRequest>()
    var active: [RequestKey: Active] = [:]
    var duplicates: DuplicateTable?
    var isClosed = false
  }

  private enum Ruling {
    case start
    case none
    case answer(Answer)
  }

  private let name: String
  private let node: Node
  private let options: ServeOptions
  private let work: Work
  private let ended: @Sendable (RequestKey) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - name: Of the tasks that carry requests out.
  ///   - ended: Called when one was carried out, before its answer is sent.
  init(
    _ name: String, on node: Node, _ options: ServeOptions, _ work: @escaping Work,
    ended: @escaping @Sendable (RequestKey) -> Void = { _ in }
  ) {
    self.name = name
    self.node = node
    self.options = options
    self.work = work
    self.ended = ended
    state = Mutex(State(duplicates: options.duplicates.map { DuplicateTable($0) }))
  }

  private var now: Duration { node.providers.time.now }

  // MARK: Taking requests

  func receive(_ request: ReceivedRequest) {
    let ruling = state.withLock { rule(on: request, &$0) }
    switch ruling {
    case .start: start(request)
    case .none: break
    case .answer(let answer): request.answer(answer)
    }
  }

  private func rule(on request: ReceivedRequest, _ state: inout State) -> Ruling {
    if state.isClosed { return .answer(Answer(.brokenPromise)) }
    let key = request.key
    if state.active[key] != nil {
      // It has come again while it is at work. The answer goes where it came from last.
      state.active[key]!.origin = request.origin
      return .none
    }
    if let ruling = state.duplicates?.rule(on: request, at: now) {
      switch ruling {
      case .carryOut: break
      case .wait, .drop: return .none
      case .answerAgain(let answer): return .answer(answer)
      case .refuse: return .answer(Answer(.overloaded))
      }
    }
    if state.running < options.concurrency {
      state.running += 1
      state.take(request)
      return .start
    }
    guard state.waiting.count < options.queueLimit else {
      state.duplicates?.forget(key)
      return .answer(Answer(.overloaded))
    }
    state.take(request)
    state.waiting.append(request)
    return .none
  }

  // MARK: At work

  private func start(_ request: ReceivedRequest) {
    let key = request.key
    let task = node.tasks.spawn(name) { await self.carryOut(request) }
    let isCancelled = state.withLock { state in
      // It may be over already.
      state.active[key]?.task = task
      return state.active[key]?.isCancelled ?? false
    }
    if isCancelled { task.cancel() }
  }

  private func carryOut(_ request: ReceivedRequest) async {
    let answer =
      if let deadline = request.deadline, deadline <= now {
        Answer(.deadlineExceeded)
      } else {
        await work(request)
      }
    ended(request.key)
    let (origin, next) = state.withLock { state in
      (finish(request.key, answer, &state), nextWaiting(&state))
    }
    origin?.answer(Packet(.reply, to: request.head.replyToken, answer.payload))
    if let next { start(next) }
  }

  /// Returns who wants the answer.
  private func finish(
    _ key: RequestKey, _ answer: Answer, _ state: inout State
  ) -> RequestOrigin? {
    state.duplicates?.finish(key, answer)
    guard let active = state.active.removeValue(forKey: key), !active.isCancelled else {
      return nil
    }
    return active.origin
  }

  private func nextWaiting(_ state: inout State) -> ReceivedRequest? {
    while let next = state.waiting.popFirst() {
      if state.active[next.key] != nil { return next }
      state.duplicates?.forget(next.key)
    }
    state.running -= 1
    return nil
  }

  // MARK: The end

  func cancel(_ key: RequestKey) {
    let task = state.withLock { state -> Task<Void, any Error>? in
      guard let active = state.active[key] else { return nil }
      if active.task == nil, state.waiting.contains(where: { $0.key == key }) {
        state.active[key] = nil
        return nil
      }
      state.active[key]!.isCancelled = true
      return active.task
    }
    task?.cancel()
  }

  /// Cancels what has come over a link, also what waits for its turn, the oldest first.
  func cancelAll(over link: Link) {
    let keys = state.withLock { state in
      let lost = state.active.filter { $0.value.origin.link === link }
      return lost.sorted { $0.value.order < $1.value.order }.map(\.key)
    }
    for key in keys { cancel(key) }
  }

  /// Those at work come to their end; those that wait are not begun.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting.filter { state.active.removeValue(forKey: $0.key) != nil }
    }
    for request in waiting { request.answer(Answer(.brokenPromise)) }
  }
}

extension HandlerReceiver.State {
  mutating func take(_ request: ReceivedRequest) {
    active[request.key] = .init(origin: request.origin, order: taken)
    taken += 1
  }
}
