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

/// Carries requests out, many at once.
///
/// Workers are tasks, each of which carries out one request at a time and then waits for another:
/// to begin a task for each request would cost more than many handlers do.
final class HandlerReceiver: Receiver {
  typealias Work = @Sendable (ReceivedRequest) async -> Answer

  /// Its properties are the receiver's, under its lock.
  fileprivate final class Worker: @unchecked Sendable {
    var task: Task<Void, any Error>?
    /// Its task is being cancelled with its request, and takes no other.
    var isRetired = false
  }

  /// A request that has been taken, until it is done or given up.
  fileprivate struct Active {
    /// Who is answered: a request that comes again may come over another connection.
    var origin: RequestOrigin
    /// Its place among all that were taken.
    var order: UInt64
    /// Who carries it out; nil: it waits for its turn.
    var worker: Worker?
    var isCancelled = false
  }

  fileprivate typealias Idle = UnsafeContinuation<ReceivedRequest?, Never>

  fileprivate struct State {
    var running = 0
    var taken: UInt64 = 0
    /// Those that haven't been begun. Whose request is not active any more was given up.
    var waiting = Deque<ReceivedRequest>()
    var active: [RequestKey: Active] = [:]
    /// Workers that wait for a request; the last one has waited for the shortest time.
    var idle: [(worker: Worker, continuation: Idle)] = []
    var duplicates: DuplicateTable?
    var isClosed = false
  }

  private enum Ruling {
    case begin(Worker)
    case goOn(Idle)
    case none
    case answer(Answer)
  }

  /// More end when they have nothing to do.
  private static let mostIdle = 64

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
    case .begin(let worker): begin(request, worker)
    case .goOn(let idle): idle.resume(returning: request)
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
    switch state.duplicates?.rule(on: request, at: now) {
    case nil, .carryOut: break
    case .ignore: return .none
    case .answer(let answer): return .answer(answer)
    }
    if state.running < options.concurrency {
      state.running += 1
      if let idle = state.idle.popLast() {
        state.take(request, by: idle.worker)
        return .goOn(idle.continuation)
      }
      let worker = Worker()
      state.take(request, by: worker)
      return .begin(worker)
    }
    guard state.waiting.count < options.queueLimit else {
      state.duplicates?.forget(key)
      return .answer(Answer(.overloaded))
    }
    state.take(request, by: nil)
    state.waiting.append(request)
    return .none
  }

  // MARK: At work

  private func begin(_ request: ReceivedRequest, _ worker: Worker) {
    let task = node.tasks.spawn(name) { await self.carryOut(request, worker) }
    let isCancelled = state.withLock { _ in
      worker.task = task
      return worker.isRetired
    }
    if isCancelled { task.cancel() }
  }

  /// A request, and others after it.
  private func carryOut(_ first: ReceivedRequest, _ worker: Worker) async {
    var next: ReceivedRequest? = first
    while let request = next {
      let answer =
        if let deadline = request.deadline, deadline <= now {
          Answer(.deadlineExceeded)
        } else {
          await work(request)
        }
      ended(request.key)
      let isCancelled = Task.isCancelled
      let (origin, following, goesOn) = state.withLock { state in
        let origin = finish(request.key, answer, &state)
        let goesOn = !worker.isRetired && !isCancelled
        let heir = goesOn ? worker : Worker()
        return (origin, nextWaiting(&state, for: heir).map { ($0, heir) }, goesOn)
      }
      origin?.answer(Packet(.reply, to: request.head.replyToken, answer.payload))
      if !goesOn {
        if let (request, heir) = following { begin(request, heir) }
        return
      }
      if let following { next = following.0 } else { next = await rest(worker) }
    }
  }

  /// Waits for another request; nil: there will be none.
  private func rest(_ worker: Worker) async -> ReceivedRequest? {
    await withUnsafeContinuation { continuation in
      let isOver = state.withLock { state in
        if state.isClosed || state.idle.count >= Self.mostIdle { return true }
        state.idle.append((worker, continuation))
        return false
      }
      if isOver { continuation.resume(returning: nil) }
    }
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

  private func nextWaiting(_ state: inout State, for worker: Worker) -> ReceivedRequest? {
    while let next = state.waiting.popFirst() {
      let key = next.key
      if state.active[key] != nil {
        state.active[key]!.worker = worker
        return next
      }
      state.duplicates?.forget(key)
    }
    state.running -= 1
    return nil
  }

  // MARK: The end

  func cancel(_ key: RequestKey) {
    let task = state.withLock { state -> Task<Void, any Error>? in
      guard let active = state.active[key] else { return nil }
      guard let worker = active.worker else {
        state.active[key] = nil
        return nil
      }
      state.active[key]!.isCancelled = true
      worker.isRetired = true
      return worker.task
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
    let (waiting, idle) = state.withLock { state in
      state.isClosed = true
      defer {
        state.waiting = []
        state.idle = []
      }
      return (
        state.waiting.filter { state.active.removeValue(forKey: $0.key) != nil }, state.idle
      )
    }
    for request in waiting { request.answer(Answer(.brokenPromise)) }
    for idle in idle { idle.continuation.resume(returning: nil) }
  }
}

extension HandlerReceiver.State {
  mutating func take(_ request: ReceivedRequest, by worker: HandlerReceiver.Worker?) {
    active[request.key] = .init(origin: request.origin, order: taken, worker: worker)
    taken += 1
  }
}
