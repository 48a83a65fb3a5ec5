//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import DequeModule
import Synchronization

/// Elements of a stream that have arrived and weren't taken.
final class ElementBuffer: Sendable {
  private struct State {
    var elements = Deque<ArraySlice<UInt8>>()
    /// Nil while there may be more; then why not, or nothing if that was all.
    var end: Result<Void, any Error>?
    var taker: UnsafeContinuation<ArraySlice<UInt8>?, any Error>?
    /// Taken, and not yet asked for again.
    var taken: UInt32 = 0
  }

  /// How many the other side may be ahead.
  let credit: UInt32
  private let state = Mutex(State())

  init(credit: UInt32) { self.credit = credit }

  /// False: there are more than were asked for.
  func add(_ element: ArraySlice<UInt8>) -> Bool {
    typealias Taker = UnsafeContinuation<ArraySlice<UInt8>?, any Error>
    let (isWelcome, taker) = state.withLock { state -> (Bool, Taker?) in
      if state.end != nil { return (true, nil) }
      if let taker = state.taker.take() { return (true, taker) }
      guard state.elements.count < Int(credit) else { return (false, nil) }
      state.elements.append(element)
      return (true, nil)
    }
    taker?.resume(returning: element)
    return isWelcome
  }

  /// There will be no more; nil: that was all.
  func finish(_ error: (any Error)?) {
    let taker = state.withLock { state in
      state.end = state.end ?? error.map { .failure($0) } ?? .success(())
      return state.taker.take()
    }
    if let error { taker?.resume(throwing: error) } else { taker?.resume(returning: nil) }
  }

  /// The next element; nil: that was all.
  func next() async throws -> ArraySlice<UInt8>? {
    typealias Ready = Result<ArraySlice<UInt8>?, any Error>
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let ready = state.withLock { state -> Ready? in
          precondition(state.taker == nil, "two tasks take elements of one stream")
          if let element = state.elements.popFirst() { return .success(element) }
          if let end = state.end { return end.map { nil } }
          if Task.isCancelled { return .failure(CancellationError()) }
          state.taker = continuation
          return nil
        }
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      state.withLock { $0.taker.take() }?.resume(throwing: CancellationError())
    }
  }

  /// One was taken. Returns how many to ask for, once it's worth it.
  func take() -> UInt32? {
    state.withLock { state in
      state.taken += 1
      guard state.taken >= max(1, credit / 2) else { return nil }
      defer { state.taken = 0 }
      return state.taken
    }
  }
}
