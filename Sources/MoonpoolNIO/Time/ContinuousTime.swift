//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The machine's clocks: the monotonic one counts while the machine sleeps, too.
public struct ContinuousTime: TimeProvider {
  /// What all of them count from, so that nodes of one process agree.
  private static let start = ContinuousClock.now

  /// Creates the provider.
  public init() { _ = Self.start }

  /// Time since the first use in this process.
  public static var now: Duration { start.duration(to: .now) }

  public var now: Duration { Self.now }

  public var wallTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  nonisolated(nonsending) public func sleep(
    until deadline: Duration, tolerance: Duration?
  ) async throws {
    try await Task.sleep(
      until: Self.start.advanced(by: deadline), tolerance: tolerance, clock: .continuous)
  }
}
