//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore
  import NIOCore
  import Synchronization

  /// One wait of one task: it ends once, by what is waited for, by cancellation, or by a deadline.
  ///
  /// Whoever ends it may be on any thread, and may come before the task has begun to wait.
  final class Waiter<Value: Sendable>: Sendable {
    private enum State {
      case idle
      case waiting(UnsafeContinuation<Value, any Error>)
      case ended(Result<Value, any Error>)
      case over
    }

    private let state = Mutex(State.idle)

    /// Ends the wait.
    ///
    /// - Returns: False if it had ended before: the value is still the caller's.
    @discardableResult
    func end(_ result: Result<Value, any Error>) -> Bool {
      let (isFirst, continuation) = state.withLock {
        state -> (Bool, UnsafeContinuation<Value, any Error>?) in
        switch state {
        case .idle:
          state = .ended(result)
          return (true, nil)
        case .waiting(let continuation):
          state = .over
          return (true, continuation)
        case .ended, .over:
          return (false, nil)
        }
      }
      continuation?.resume(with: result)
      return isFirst
    }

    /// Waits for the end.
    ///
    /// - Throws: What it was ended with; ``DeadlineExceeded`` once the clock shows `deadline`;
    ///   `CancellationError`.
    nonisolated(nonsending) func value(
      by deadline: Duration? = nil, on loop: any EventLoop
    ) async throws -> Value {
      let timer = deadline.map { Timer(self, at: $0, on: loop) }
      defer { timer?.cancel() }
      return try await withTaskCancellationHandler {
        try await withUnsafeThrowingContinuation { continuation in
          let early = state.withLock { state -> Result<Value, any Error>? in
            guard case .ended(let result) = state else {
              state = .waiting(continuation)
              return nil
            }
            state = .over
            return result
          }
          if let early { continuation.resume(with: early) }
        }
      } onCancel: {
        end(.failure(CancellationError()))
      }
    }

    /// Ends a wait when its deadline comes.
    private final class Timer: Sendable {
      private let scheduled: Mutex<Scheduled<Void>?> = Mutex(nil)

      init(_ waiter: Waiter, at deadline: Duration, on loop: any EventLoop) {
        schedule(waiter, deadline, loop)
      }

      /// The loop's clock is another one and may be ahead: asks again until the deadline is there.
      private func schedule(_ waiter: Waiter, _ deadline: Duration, _ loop: any EventLoop) {
        let left = deadline - ContinuousTime.now
        if left <= .zero {
          waiter.end(.failure(DeadlineExceeded()))
          return
        }
        scheduled.withLock {
          $0 = loop.scheduleTask(in: TimeAmount(left)) { [weak self, weak waiter] in
            guard let self, let waiter else { return }
            schedule(waiter, deadline, loop)
          }
        }
      }

      func cancel() { scheduled.withLock { $0 }?.cancel() }
    }
  }

  extension TimeAmount {
    /// The same in whole nanoseconds, a century at most.
    init(_ duration: Duration) {
      let limited = min(duration, .seconds(100 * 366 * 86_400))
      let (seconds, attoseconds) = limited.components
      self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
  }
#endif
