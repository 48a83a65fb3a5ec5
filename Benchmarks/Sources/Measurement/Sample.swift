//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc

/// What one repetition took, in nanoseconds.
///
/// Processor time is user and system time of the whole process: everything that ran on behalf of
/// the repetition, on whatever thread. It is what the tables show; wall time is in the JSON.
public struct Sample: Sendable {
  public var processor: UInt64
  public var wall: UInt64
  /// The most memory that the process has had resident so far, in KiB.
  public var resident: UInt64

  /// Measures `work` from outside. Must not be called on the thread of a simulation, whose clocks
  /// are virtual.
  public static func measuring(_ work: () -> Void) -> Sample {
    let wall = nanoseconds(CLOCK_MONOTONIC)
    let processor = nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    work()
    return Sample(
      processor: nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - processor,
      wall: nanoseconds(CLOCK_MONOTONIC) - wall, resident: peakResident())
  }

  private static func peakResident() -> UInt64 {
    var usage = rusage()
    guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else {
      fatalError("getrusage: errno \(errno)")
    }
    return UInt64(usage.ru_maxrss)
  }

  private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { fatalError("no clock \(clock)") }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// Nanoseconds per operation, over all repetitions.
public struct Cost: Sendable {
  public var minimum: Double
  public var median: Double

  /// Nil if there is no repetition.
  public init?(_ nanosecondsPerOperation: [Double]) {
    guard !nanosecondsPerOperation.isEmpty else { return nil }
    let sorted = nanosecondsPerOperation.sorted()
    minimum = sorted[0]
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
