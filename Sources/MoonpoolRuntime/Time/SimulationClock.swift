//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// The simulation's own clock: virtual time since the start of the run.
///
/// A sleep costs one timer and one resume; `Task.sleep` adds a task of its own to that. Outside a
/// simulation the clock stands at zero and does not sleep: use it only in code that runs simulated.
public struct SimulationClock: Clock {
  /// A point in virtual time.
  public struct Instant: InstantProtocol {
    /// Virtual time since the start of the run.
    public var sinceStart: Duration

    /// Creates the instant that lies `sinceStart` after the start of the run.
    public init(sinceStart: Duration) { self.sinceStart = sinceStart }

    public func advanced(by duration: Duration) -> Instant {
      Instant(sinceStart: sinceStart + duration)
    }
    public func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }
    public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.sinceStart < rhs.sinceStart }
  }

  /// Creates the clock; all are the same one.
  public init() {}

  /// The current virtual time.
  public var now: Instant {
    guard let simulation = mp_sim_current() else { return Instant(sinceStart: .zero) }
    return Instant(sinceStart: Duration(nanoseconds: simulation.pointee.now))
  }

  /// One nanosecond: virtual time is a count of these.
  public var minimumResolution: Duration { .nanoseconds(1) }

  /// Suspends the task until `deadline`, or, with a tolerance, until an instant that the seed draws
  /// from `deadline ... deadline + tolerance`.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  nonisolated(nonsending) public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws {
    guard let simulation = mp_sim_current() else { return }
    try await sleep(simulation, until: deadline.sinceStart.clampedNanoseconds, tolerance)
  }

  /// Suspends the task for a time, or, with a tolerance, for one that the seed draws from
  /// `duration ... duration + tolerance`.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  nonisolated(nonsending) public func sleep(
    for duration: Duration, tolerance: Duration? = nil
  ) async throws {
    guard let simulation = mp_sim_current() else { return }
    let (when, overflow) = simulation.pointee.now.addingReportingOverflow(
      duration.clampedNanoseconds)
    try await sleep(simulation, until: overflow ? .max : when, tolerance)
  }

  @inline(__always) nonisolated(nonsending) private func sleep(
    _ simulation: UnsafeMutablePointer<mp_sim>, until when: UInt64, _ tolerance: Duration?
  ) async throws {
    guard let waiter = mp_waiter_begin(simulation) else { throw CancellationError() }
    let slack = tolerance?.clampedNanoseconds ?? 0
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let task = unsafeBitCast(continuation, to: UnsafeMutableRawPointer.self)
      mp_waiter_arm(waiter, min(when, .max - 1), slack, task)  // the last number means: not by time
    }
    if mp_waiter_end(waiter) == MP_WAIT_CANCELLED { throw CancellationError() }
  }
}
