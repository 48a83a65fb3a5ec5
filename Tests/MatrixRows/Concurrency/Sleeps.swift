//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

extension Row {
  /// Three tasks that sleep in the same way, so that their wake-ups race.
  private static func sleeping(
    _ name: String, _ choice: Choice = .schedule, atLeast least: Duration = .milliseconds(5),
    _ sleep: @escaping @Sendable (Int) async throws -> Void
  ) -> Row {
    Row(name, choice) { log in
      try await withThrowingTaskGroup { group in
        for i in 0..<3 {
          group.addTask {
            let start = ContinuousClock.now
            try await sleep(i)
            let slept = ContinuousClock.now - start
            log("\(i) slept for \(slept)")
            if slept < least || slept > .milliseconds(12) {
              throw WrongTime(description: "slept for \(slept)")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  /// The same, cancelled half-way.
  private static func cancelling(
    _ name: String, _ sleep: @escaping @Sendable () async throws -> Void
  ) -> Row {
    Row(name, .schedule) { log in
      let tasks = (0..<3).map { i in
        Task {
          let start = ContinuousClock.now
          do {
            try await sleep()
            log("\(i) slept")
          } catch {
            log("\(i) \(error) after \(ContinuousClock.now - start)")
          }
        }
      }
      try await Task.sleep(for: .seconds(1))
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
    }
  }

  static let sleepRows: [Row] = [
    sleeping("Task.sleep(nanoseconds:)") { _ in try await Task.sleep(nanoseconds: 5_000_000) },
    sleeping("Task.sleep(_:), deprecated") { _ in await deprecatedSleep(5_000_000) },
    sleeping("Task.sleep(for:)") { _ in try await Task.sleep(for: .milliseconds(5)) },
    sleeping("Task.sleep(for:tolerance:)", .values) { _ in
      try await Task.sleep(for: .milliseconds(5), tolerance: .milliseconds(5))
    },
    sleeping("Task.sleep(for:clock: ContinuousClock)") { _ in
      try await Task.sleep(for: .milliseconds(5), clock: .continuous)
    },
    sleeping("Task.sleep(for:clock: SuspendingClock)") { _ in
      try await Task.sleep(for: .milliseconds(5), clock: .suspending)
    },
    sleeping("Task.sleep(for:clock: SimulationClock)") { _ in
      try await Task.sleep(for: .milliseconds(5), clock: SimulationClock())
    },
    sleeping("Task.sleep(until:clock: ContinuousClock)") { _ in
      try await Task.sleep(until: .now + .milliseconds(5), clock: .continuous)
    },
    sleeping("Task.sleep(until:tolerance:clock: ContinuousClock)", .values) { _ in
      try await Task.sleep(
        until: .now + .milliseconds(5), tolerance: .milliseconds(2), clock: .continuous)
    },
    sleeping("Task.sleep(until:tolerance:clock: SuspendingClock)", .values) { _ in
      try await Task.sleep(
        until: .now + .milliseconds(5), tolerance: .milliseconds(2), clock: .suspending)
    },
    sleeping("Task.sleep(until:tolerance:clock: SimulationClock)", .values) { _ in
      let clock = SimulationClock()
      try await Task.sleep(
        until: clock.now.advanced(by: .milliseconds(5)), tolerance: .milliseconds(2), clock: clock)
    },
    sleeping("Task.sleep until the past", atLeast: .zero) { _ in
      try await Task.sleep(until: .now - .seconds(1), clock: .continuous)
      try await Task.sleep(for: .zero)
      try await Task.sleep(nanoseconds: 0)
    },
    cancelling("Task.sleep(nanoseconds:) cancelled") {
      try await Task.sleep(nanoseconds: 60_000_000_000)
    },
    cancelling("Task.sleep(for:) cancelled") { try await Task.sleep(for: .seconds(60)) },
    cancelling("Task.sleep(until:tolerance:clock:) cancelled") {
      try await Task.sleep(
        until: .now + .seconds(60), tolerance: .seconds(1), clock: .suspending)
    },
  ]

  static let clockSleepRows: [Row] = [
    sleeping("ContinuousClock.sleep(for:)") { _ in
      try await ContinuousClock().sleep(for: .milliseconds(5))
    },
    sleeping("ContinuousClock.sleep(until:tolerance:)", .values) { _ in
      try await ContinuousClock().sleep(until: .now + .milliseconds(5), tolerance: .milliseconds(1))
    },
    sleeping("SuspendingClock.sleep(for:)") { _ in
      try await SuspendingClock().sleep(for: .milliseconds(5))
    },
    sleeping("SuspendingClock.sleep(until:tolerance:)", .values) { _ in
      try await SuspendingClock().sleep(until: .now + .milliseconds(5), tolerance: .milliseconds(1))
    },
    sleeping("SimulationClock.sleep(for:)") { _ in
      try await SimulationClock().sleep(for: .milliseconds(5))
    },
    sleeping("SimulationClock.sleep(until:tolerance:)", .values) { _ in
      let clock = SimulationClock()
      try await clock.sleep(
        until: clock.now.advanced(by: .milliseconds(5)), tolerance: .milliseconds(1))
    },
    sleeping("any Clock.sleep(for:)") { i in
      let clocks: [any Clock<Duration>] = [ContinuousClock(), SuspendingClock(), SimulationClock()]
      try await clocks[i].sleep(for: .milliseconds(5))
    },
    sleeping("a clock of the user's own, on a sleep of ours") { _ in
      try await SlowClock().sleep(for: .milliseconds(5))
    },
    sleeping("Clock.measure") { _ in
      _ = try await ContinuousClock().measure { try await Task.sleep(for: .milliseconds(5)) }
    },
    cancelling("ContinuousClock.sleep cancelled") {
      try await ContinuousClock().sleep(for: .seconds(60))
    },
    cancelling("SuspendingClock.sleep cancelled") {
      try await SuspendingClock().sleep(for: .seconds(60))
    },
    cancelling("SimulationClock.sleep cancelled") {
      try await SimulationClock().sleep(for: .seconds(60), tolerance: .seconds(1))
    },
    Row("many timers at one instant", .schedule) { log in
      let deadline = ContinuousClock.now + .seconds(1)
      await withTaskGroup { group in
        for i in 0..<6 {
          group.addTask {
            try? await Task.sleep(until: deadline, clock: .continuous)
            log(i)
          }
        }
      }
    },
    Row("timeout by racing", .schedule) { log in
      for milliseconds in [1, 100] {
        let winner = await withTaskGroup(of: String.self) { group in
          group.addTask {
            try? await Task.sleep(for: .milliseconds(10))
            return "timeout"
          }
          group.addTask {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            return "work"
          }
          defer { group.cancelAll() }
          return await group.next()!
        }
        log(winner)
      }
    },
  ]
}

@available(*, deprecated)
private func sleepTheOldWay(_ nanoseconds: UInt64) async { await Task.sleep(nanoseconds) }

/// Calls the deprecated function without a warning.
private protocol OldSleeper {
  func sleep(_ nanoseconds: UInt64) async
}

private struct OldSleep: OldSleeper {
  @available(*, deprecated)
  func sleep(_ nanoseconds: UInt64) async { await sleepTheOldWay(nanoseconds) }
}

private func deprecatedSleep(_ nanoseconds: UInt64) async {
  let sleeper: any OldSleeper = OldSleep()
  await sleeper.sleep(nanoseconds)
}

/// Half as fast as the continuous clock.
private struct SlowClock: Clock {
  typealias Instant = ContinuousClock.Instant
  var now: Instant { .now }
  var minimumResolution: Duration { .nanoseconds(2) }
  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let now = self.now
    try await Task.sleep(
      until: now.advanced(by: now.duration(to: deadline) * 2), tolerance: tolerance,
      clock: .continuous)
  }
}
