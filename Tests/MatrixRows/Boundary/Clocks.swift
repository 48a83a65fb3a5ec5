//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Dispatch
import Foundation
import Glibc
import MoonpoolRuntime

/// A way to ask what time it is.
public struct ClockSource: Sendable {
  public let name: String
  /// Whether it counts from 1970 rather than from some start.
  public let isWall: Bool
  /// The smallest step that it shows, in nanoseconds.
  public let step: Int64
  /// Nanoseconds; -1 where the machine has no such clock, as virtual ones without a battery.
  public let read: @Sendable () -> Int64

  init(_ name: String, wall: Bool, step: Int64 = 1, _ read: @escaping @Sendable () -> Int64) {
    self.name = name
    self.isWall = wall
    self.step = step
    self.read = read
  }

  public static let all: [ClockSource] =
    swiftClocks + foundationClocks + libcClocks
    + clockIDs.map { name, id, wall in
      ClockSource("clock_gettime(\(name))", wall: wall) { readClock(id) }
    }

  private static let swiftClocks = [
    ClockSource("ContinuousClock.now", wall: false) { nanoseconds(of: ContinuousClock.now) },
    ClockSource("SuspendingClock.now", wall: false) { nanoseconds(of: SuspendingClock.now) },
    ClockSource("DispatchTime.now", wall: false) {
      Int64(DispatchTime.now().uptimeNanoseconds)
    },
    ClockSource("DispatchWallTime.now", wall: true) {
      // The raw value counts backwards from zero.
      Int64(bitPattern: 0 &- DispatchWallTime.now().rawValue)
    },
  ]

  private static let foundationClocks = [
    ClockSource("Date()", wall: true, step: 1_000) { microseconds(Date().timeIntervalSince1970) },
    ClockSource("Date.now", wall: true, step: 1_000) {
      microseconds(Date.now.timeIntervalSince1970)
    },
    ClockSource("ProcessInfo.systemUptime", wall: false, step: 1_000) {
      microseconds(ProcessInfo.processInfo.systemUptime)
    },
  ]

  private static let libcClocks = [
    ClockSource("gettimeofday", wall: true, step: 1_000) {
      var now = timeval()
      gettimeofday(&now, nil)
      return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_usec) * 1_000
    },
    ClockSource("time", wall: true, step: 1_000_000_000) { Int64(time(nil)) * 1_000_000_000 },
    ClockSource("timespec_get", wall: true) {
      var now = timespec()
      timespec_get(&now, TIME_UTC)
      return nanoseconds(now)
    },
  ]

  private static let clockIDs: [(String, clockid_t, Bool)] = [
    ("CLOCK_REALTIME", 0, true), ("CLOCK_MONOTONIC", 1, false), ("CLOCK_MONOTONIC_RAW", 4, false),
    ("CLOCK_REALTIME_COARSE", 5, true), ("CLOCK_MONOTONIC_COARSE", 6, false),
    ("CLOCK_BOOTTIME", 7, false), ("CLOCK_REALTIME_ALARM", 8, true),
    ("CLOCK_BOOTTIME_ALARM", 9, false), ("CLOCK_TAI", 11, true),
  ]

  private static func readClock(_ id: clockid_t) -> Int64 {
    var now = timespec()
    return clock_gettime(id, &now) == 0 ? nanoseconds(now) : -1
  }

  private static func nanoseconds(_ now: timespec) -> Int64 {
    Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  /// The instants of both clocks are a duration.
  private static func nanoseconds<Instant: InstantProtocol>(of instant: Instant) -> Int64 {
    let (seconds, attoseconds) = unsafeBitCast(instant, to: Duration.self).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// A `Double` keeps microseconds of the present, not nanoseconds.
  private static func microseconds(_ seconds: Double) -> Int64 {
    Int64((seconds * 1_000_000).rounded()) * 1_000
  }
}

/// A clock does not say what it should.
struct WrongTime: Error, CustomStringConvertible {
  var description: String
}

extension Row {
  static let clockRows: [Row] =
    ClockSource.all.map { source in
      Row(source.name, .schedule) { log in
        try await withThrowingTaskGroup { group in
          for i in 0..<2 {
            group.addTask {
              let before = source.read()
              try? await Task.sleep(for: .seconds(2))
              let after = source.read()
              log("\(i): \(before), then \(after)")
              let elapsed = after - before
              if elapsed < 2_000_000_000 - source.step || elapsed > 2_100_000_000 + source.step {
                throw WrongTime(description: "\(elapsed) ns passed in 2 s")
              }
            }
          }
          try await group.waitForAll()
        }
      }
    } + [
      Row("clocks agree", .none) { log in
        try await Task.sleep(for: .milliseconds(1_500))
        for wall in [true, false] {
          let sources = ClockSource.all.filter { $0.isWall == wall }
          let fine = sources.map { ($0, $0.read()) }
          let first = fine[0].1
          for (source, value) in fine where abs(value - first) > source.step + 1_000 {
            throw WrongTime(description: "\(source.name) is off by \(value - first) ns")
          }
        }
        log("since start \(Simulation.elapsed)")
      },
      Row("CPU clocks are let through", .none) { log in
        var now = timespec()
        log(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now))
        log(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now))
        log(clock_gettime(10, &now))
      },
    ]
}
