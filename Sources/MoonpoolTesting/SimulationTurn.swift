//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Synchronization

/// One simulated test at a time.
///
/// Tests run in parallel in one process, and an actor that lives in a global or a static has one
/// queue for all of them: two simulations would work off each other's jobs. So tests take turns,
/// unless they say that they share nothing.
package enum SimulationTurn {
  private struct State {
    var isTaken = false
    var waiting: [UnsafeContinuation<Void, Never>] = []
  }
  private static let state = Mutex(State())

  /// Runs `body` when nobody else does.
  package static func take<Value: Sendable, Failure: Error>(
    _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    await withUnsafeContinuation { continuation in
      let isMine = state.withLock { state in
        defer { state.isTaken = true }
        if state.isTaken { state.waiting.append(continuation) }
        return !state.isTaken
      }
      if isMine { continuation.resume() }
    }
    defer { pass() }
    return try await body()
  }

  private static func pass() {
    let next = state.withLock { state -> UnsafeContinuation<Void, Never>? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.isTaken = false
      return nil
    }
    next?.resume()
  }
}
