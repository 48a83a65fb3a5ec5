//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime

/// Where one task waits until so many others have finished, or one has failed.
///
/// Cheaper than a task group, and what finishes may belong to other nodes. Safe to share because
/// all
/// code of a simulation runs on one thread.
final class Gate: @unchecked Sendable {
  private var remaining: Int
  private var error: (any Error)?
  private var waiter: OpaquePointer?

  init(count: Int) { remaining = count }

  /// One of them has finished, with an error if it failed.
  func finished(_ error: (any Error)? = nil) {
    remaining -= 1
    if let error, self.error == nil { self.error = error }
    guard remaining == 0 || error != nil, let waiter else { return }
    self.waiter = nil
    mp_waiter_wake(waiter)
  }

  /// Something else has failed: nobody is waited for any more.
  func fail(_ error: any Error) {
    if self.error == nil { self.error = error }
    guard let waiter else { return }
    self.waiter = nil
    mp_waiter_wake(waiter)
  }

  /// Waits; false if `limit` of virtual time was over before.
  ///
  /// - Throws: The first error; `CancellationError`.
  nonisolated(nonsending) func wait(_ limit: Duration) async throws -> Bool {
    guard let simulation = mp_sim_current() else { return true }
    let (deadline, overflow) = simulation.pointee.now.addingReportingOverflow(
      limit.clampedNanoseconds)
    while remaining > 0, error == nil {
      guard let waiter = mp_waiter_begin(simulation) else { throw CancellationError() }
      self.waiter = waiter
      await waiter.wait(until: overflow ? .max - 1 : deadline)
      self.waiter = nil
      switch mp_waiter_end(waiter) {
      case Int32(MP_WAIT_CANCELLED): throw CancellationError()
      case Int32(MP_WAIT_TIMED_OUT): return false
      default: if mp_sim_is_running_out() { throw CancellationError() }
      }
    }
    if let error { throw error }
    return true
  }
}

extension OpaquePointer {
  /// Suspends the task until the waiter is woken, the clock of the task's machine shows `deadline`
  /// (nil: never), or the task is cancelled.
  @inline(__always)
  nonisolated(nonsending) func wait(by deadline: Duration?, _ clock: MachineClock) async {
    guard let deadline, let simulation = mp_sim_current() else { return await wait() }
    mp_waiter_use_node_clock(self)
    await wait(until: clock.instant(of: deadline, from: simulation.pointee.now))
  }

  /// Suspends the task until the waiter is woken, virtual time is `deadline` (`.max`: never), or
  /// the task is cancelled.
  @inline(__always)
  nonisolated(nonsending) func wait(until deadline: UInt64 = .max, tolerance: UInt64 = 0) async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      mp_waiter_arm(
        self, deadline, tolerance,
        unsafeBitCast(continuation, to: UnsafeMutableRawPointer.self))
    }
  }
}
