//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A node's monotonic clock.
public struct NodeClock: Clock {
  /// A point in time by this clock. It means nothing on another node.
  public struct Instant: InstantProtocol {
    /// Time since some fixed instant before the node's start.
    public var offset: Duration

    /// Creates the instant at `offset`.
    public init(offset: Duration) { self.offset = offset }

    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
  }

  let provider: any TimeProvider

  /// Creates the clock of a provider.
  public init(provider: any TimeProvider) { self.provider = provider }

  /// What it shows.
  public var now: Instant { Instant(offset: provider.now) }

  /// One nanosecond.
  public var minimumResolution: Duration { .nanoseconds(1) }

  /// Waits until it shows `deadline`, or up to `tolerance` later.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  nonisolated(nonsending) public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws {
    try await provider.sleep(until: deadline.offset, tolerance: tolerance)
  }

  /// Waits for a time, or up to `tolerance` longer.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  nonisolated(nonsending) public func sleep(
    for duration: Duration, tolerance: Duration? = nil
  ) async throws {
    try await provider.sleep(until: provider.now + duration, tolerance: tolerance)
  }
}

/// A node's idea of the calendar's time: it may be off, drift, and jump either way.
///
/// To wait, use ``NodeClock``.
public struct WallClock: Sendable {
  let provider: any TimeProvider

  /// Creates the clock of a provider.
  public init(provider: any TimeProvider) { self.provider = provider }

  /// Time since 1970-01-01T00:00:00Z.
  public var sinceEpoch: Duration { provider.wallTime }
}
