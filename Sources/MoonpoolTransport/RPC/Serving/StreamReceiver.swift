//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Synchronization

/// Carries requests out whose answers are streams.
final class StreamReceiver: Receiver {
  typealias Work = @Sendable (ReceivedRequest, CreditGate) async -> Answer

  private let flows: StreamFlows
  private let receiver: HandlerReceiver

  init(_ name: String, on node: Node, _ options: ServeOptions, _ work: @escaping Work) {
    let flows = StreamFlows()
    self.flows = flows
    receiver = HandlerReceiver(name, on: node, options) { request in
      await work(request, flows.begin(request))
    } ended: { key in
      flows.end(key)
    }
  }

  func receive(_ request: ReceivedRequest) { receiver.receive(request) }
  func cancel(_ key: RequestKey) { receiver.cancel(key) }
  func credit(_ key: RequestKey, _ count: UInt32) { flows.gate(key)?.add(count) }

  /// Streams don't outlive their connection.
  func lost(_ link: Link) { receiver.cancelAll(over: link) }

  func close() { receiver.close() }
}

/// Streams that flow.
private final class StreamFlows: Sendable {
  private let gates = Mutex<[RequestKey: CreditGate]>([:])

  func begin(_ request: ReceivedRequest) -> CreditGate {
    let gate = CreditGate(request.head.credit)
    gates.withLock { $0[request.key] = gate }
    return gate
  }

  func end(_ key: RequestKey) { gates.withLock { $0[key] = nil } }

  func gate(_ key: RequestKey) -> CreditGate? { gates.withLock { $0[key] } }
}

/// How many elements may be sent before more are asked for.
final class CreditGate: Sendable {
  fileprivate struct State {
    var credit: UInt32
    var waiter: UnsafeContinuation<Void, any Error>?
  }

  private let state: Mutex<State>

  init(_ credit: UInt32) { state = Mutex(State(credit: credit)) }

  func add(_ count: UInt32) {
    let waiter = state.withLock { state in
      // A hostile caller's sum must not trap.
      state.credit =
        state.credit.addingReportingOverflow(count).overflow ? .max : state.credit + count
      guard state.credit > 0, let waiter = state.waiter.take() else {
        return nil as UnsafeContinuation<Void, any Error>?
      }
      state.credit -= 1
      return waiter
    }
    waiter?.resume()
  }

  /// Takes one, and waits for it if need be. One task at a time.
  ///
  /// - Throws: `CancellationError`
  func take() async throws {
    try Task.checkCancellation()
    if state.withLock({ $0.takeOne() }) { return }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let ready = state.withLock { state -> Result<Void, any Error>? in
          precondition(state.waiter == nil, "two tasks send elements of one stream")
          if state.takeOne() { return .success(()) }
          if Task.isCancelled { return .failure(CancellationError()) }
          state.waiter = continuation
          return nil
        }
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      state.withLock { $0.waiter.take() }?.resume(throwing: CancellationError())
    }
  }
}

extension CreditGate.State {
  mutating func takeOne() -> Bool {
    if credit == 0 { return false }
    credit -= 1
    return true
  }
}
