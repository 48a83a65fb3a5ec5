//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Synchronization

/// Where two tasks leave their continuations for each other. Atomic, because on the stock executor
/// the two tasks may run on two threads.
private final class Meeting: Sendable {
  /// The address of the continuation that waits; 0 if there is none.
  private let waiting = Atomic<UInt>(0)

  /// Leaves `continuation` here, and resumes the one that was waiting.
  func swap(_ continuation: UnsafeContinuation<Void, Never>?) {
    let new = continuation.map { unsafeBitCast($0, to: UInt.self) } ?? 0
    let old = waiting.exchange(new, ordering: .acquiringAndReleasing)
    if old != 0 { unsafeBitCast(old, to: UnsafeContinuation<Void, Never>.self).resume() }
  }
}

extension Workload {
  /// Two tasks that take turns: each suspends in a continuation and resumes the other's. One
  /// operation is one resume; a round trip is two.
  ///
  /// Source: executor.md section 7, workload d (continuation ping-pong); the nearest thing in the
  /// standard library to peers.md, workload g, `chan` (two channels of capacity 1, one round trip
  /// is two operations).
  static let continuationPingPong = Workload(
    "continuation", per: "resume", count: 1_000_000, granularity: 2
  ) { count in
    let meeting = Meeting()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<count / 2 { await withUnsafeContinuation { meeting.swap($0) } }
          meeting.swap(nil)
        }
      }
    }
  }
}
