//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A node's clocks.
///
/// The monotonic clock never goes back and pays no heed to the calendar; the wall clock tells the
/// calendar's time as well as the node knows it, and may jump.
public protocol TimeProvider: Sendable {
  /// Monotonic time since some fixed instant before the node's start.
  var now: Duration { get }
  /// Time since 1970-01-01T00:00:00Z by the node's wall clock.
  var wallTime: Duration { get }
  /// Waits until the monotonic clock shows `deadline`, or up to `tolerance` later.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  nonisolated(nonsending) func sleep(until deadline: Duration, tolerance: Duration?) async throws
}
