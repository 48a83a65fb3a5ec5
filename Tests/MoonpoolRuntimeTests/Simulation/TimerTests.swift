//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import Synchronization
import Testing

/// Timers that nobody waits for any more: those of cancelled sleeps, of earlier waits, of the dead.
@Suite struct TimerTests {
  /// A sleep of the simulation's own clock leaves its timer to the next wait; one of the standard
  /// library leaves a job behind.
  enum Sleep: String, CaseIterable, Sendable {
    case ours, library

    func callAsFunction(for duration: Duration) async throws {
      switch self {
      case .ours: try await Simulation.clock.sleep(for: duration)
      case .library: try await Task.sleep(for: duration)
      }
    }

    /// Begins a sleep, and cancels it before its end.
    func leaveTimer(_ duration: Duration) async throws {
      let sleeper = Task { try await self(for: duration) }
      try await self(for: .milliseconds(1))
      sleeper.cancel()
      _ = await sleeper.result
    }

    /// Kills a node that sleeps.
    func leaveTimerOfTheDead(_ duration: Duration) async throws {
      let node = Simulation.node(named: "sleeper")
      node.run { try await self(for: duration) }
      try await self(for: .milliseconds(1))
      node.kill()
    }
  }

  private static func options(limit: Duration) -> SimulationOptions {
    var options = SimulationOptions()
    options.timeLimit = limit
    return options
  }

  // MARK: The time limit

  /// The limit is 5 s, and the one sleep that matters ends after an hour.
  @Test(arguments: Sleep.allCases, [[], [1], [10], [7_200], [1, 2, 10, 7_200]])
  func `a run whose sleep ends beyond the limit is over at the limit`(
    stale: Sleep, seconds: [Int]
  ) {
    for sleep in Sleep.allCases {
      let report = Simulation.run(seed: 1, options: Self.options(limit: .seconds(5))) {
        for second in seconds { try await stale.leaveTimer(.seconds(second)) }
        try await sleep(for: .seconds(3_600))
      }
      #expect(report.verdict.name == "timedOut", "\(report.line)")
      #expect(report.virtualTime == .seconds(5), "\(report.line)")
    }
  }

  @Test(arguments: Sleep.allCases)
  func `a sleep that ends before the limit is not cut short by others beyond it`(sleep: Sleep) {
    let report = Simulation.run(seed: 1, options: Self.options(limit: .seconds(5))) {
      try await sleep.leaveTimer(.seconds(7_200))
      try await sleep.leaveTimerOfTheDead(.seconds(7_200))
      try await sleep(for: .seconds(4))
    }
    #expect(report.passed, "\(report.line)")
    #expect(report.virtualTime >= .seconds(4) && report.virtualTime < .seconds(4.1))
  }

  @Test(arguments: Sleep.allCases, [10, 7_200])
  func `a thread outside is waited for behind timers that nobody waits for`(
    stale: Sleep, seconds: Int
  ) {
    var options = ForeignTests.options(waiting: true)
    options.timeLimit = .seconds(3_600)
    let report = Simulation.run(seed: 1, options: options) {
      try await stale.leaveTimer(.seconds(seconds))
      await ForeignTests.continuation()
    }
    #expect(report.passed, "\(report.line)")
  }

  // MARK: When something happened last

  @Test(arguments: Sleep.allCases, [[100], [100, 100], [100, 200, 300], [7_200], [100, 7_200]])
  func `a deadlock is dated by what happened last`(stale: Sleep, seconds: [Int]) {
    for hops in [HopDensity.never, .always] {
      var options = SimulationOptions()
      options.hops = hops
      let report = Simulation.run(seed: 1, options: options) {
        for second in seconds { try await stale.leaveTimer(.seconds(second)) }
        try await Task.sleep(for: .seconds(50))
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
      #expect(report.verdict.name == "deadlocked", "\(report.line)")
      #expect(report.virtualTime >= .seconds(50) && report.virtualTime < .seconds(50.1))
    }
  }

  @Test(arguments: Sleep.allCases)
  func `what happens between two cancelled sleeps counts`(stale: Sleep) {
    let report = Simulation.run(seed: 1) {
      for second in [100, 200, 150, 150] { try await stale.leaveTimer(.seconds(second)) }
      let start = SimulationClock.Instant(sinceStart: .zero)
      try await Simulation.clock.sleep(until: start.advanced(by: .seconds(150)))
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
    #expect(report.verdict.name == "deadlocked", "\(report.line)")
    #expect(report.virtualTime >= .seconds(150) && report.virtualTime < .seconds(150.1))
  }

  /// Jobs take 1 s: the timer is due when the first of two has run.
  @Test func `who runs after a cancelled sleep would have ended counts`() {
    var options = SimulationOptions()
    options.jobCost = .seconds(1) ... .seconds(1)
    let report = Simulation.run(seed: 1, options: options) {
      let start = ContinuousClock.now
      let sleeper = Task {
        try await Task.sleep(until: start.advanced(by: .seconds(100)), clock: .continuous)
      }
      try await Simulation.clock.sleep(for: .seconds(30))
      sleeper.cancel()
      await withDiscardingTaskGroup { group in
        for _ in 0..<2 {
          group.addTask {
            try? await Simulation.clock.sleep(until: .init(sinceStart: .seconds(99.5)))
            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
          }
        }
      }
    }
    #expect(report.verdict.name == "deadlocked", "\(report.line)")
    #expect(report.virtualTime >= .seconds(101.5) && report.virtualTime < .seconds(103))
  }

  @Test(arguments: Sleep.allCases)
  func `a run that passes ends with what happened last, and so does one that leaks`(sleep: Sleep) {
    for leaks in [false, true] {
      let report = Simulation.run(seed: 1) {
        try await sleep.leaveTimer(.seconds(5))
        try await sleep.leaveTimerOfTheDead(.seconds(6))
        try await sleep.leaveTimer(.seconds(7))
        guard leaks else { return }
        Task { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
      }
      #expect(report.verdict.name == (leaks ? "leaked" : "passed"), "\(report.line)")
      #expect(report.virtualTime < .seconds(1), "\(report.line)")
    }
  }

  // MARK: Timers of dead nodes

  @Test(arguments: Sleep.allCases)
  func `the timers of a dead node move no time`(sleep: Sleep) {
    var options = Self.options(limit: .seconds(36_000))
    options.settleTime = .seconds(36_000)
    let passing = Simulation.run(seed: 1, options: options) {
      try await sleep.leaveTimerOfTheDead(.seconds(3_600))
    }
    #expect(passing.passed, "\(passing.line)")
    #expect(passing.virtualTime < .seconds(1), "\(passing.line)")
    let stuck = Simulation.run(seed: 1, options: options) {
      let node = Simulation.node(named: "sleeper")
      let sleeper = node.run { try await sleep(for: .seconds(3_600)) }
      try await sleep(for: .milliseconds(1))
      node.kill()
      try await sleeper.value
    }
    #expect(stuck.verdict.name == "deadlocked", "\(stuck.line)")
    #expect(stuck.virtualTime < .seconds(1), "\(stuck.line)")
  }

  /// The thread resumes the body when nothing else is left to do.
  @Test(arguments: Sleep.allCases)
  func `nobody sees a time to which only the dead have slept`(sleep: Sleep) {
    let milliseconds = Order()
    let report = Simulation.run(seed: 1, options: ForeignTests.options(waiting: true)) {
      for second in [1, 2, 3_000] { try await sleep.leaveTimerOfTheDead(.seconds(second)) }
      await ForeignTests.continuation()
      milliseconds.add(Int(Simulation.elapsed / .milliseconds(1)))
    }
    #expect(report.passed, "\(report.line)")
    #expect(milliseconds.numbers == [3])
  }

  @Test(arguments: Sleep.allCases)
  func `the timers of a dead node are no sign of life`(sleep: Sleep) {
    var options = SimulationOptions()
    options.jobLimit = 10_000
    let report = Simulation.run(seed: 1, options: options) {
      let node = Simulation.node(named: "sleepers")
      for number in 1...1_000 { node.run { try await sleep(for: .milliseconds(100 + number)) } }
      try await sleep(for: .milliseconds(100))
      node.kill()
      while true { await Task.yield() }
    }
    #expect(report.verdict.name == "livelocked", "\(report.line)")
    #expect(report.jobCount < 20_000, "\(report.jobCount)")
  }

  // MARK: Ties

  /// Numbers in the order in which they came.
  private final class Order: Sendable {
    private let list = Mutex<[Int]>([])
    func add(_ number: Int) { list.withLock { $0.append(number) } }
    var numbers: [Int] { list.withLock { $0 } }
  }

  /// Sleepers with one deadline, one after the other; some use the timer of an earlier wait.
  private func wakeOrder(_ sleep: Sleep, leftTimers: [Int], reusing: Set<Int>) -> [Int] {
    var options = SimulationOptions()
    options.strategy = .fifo
    let order = Order()
    let report = Simulation.run(seed: 1, options: options) {
      let deadline = SimulationClock.Instant(sinceStart: .seconds(100))
      let instant = ContinuousClock.now.advanced(by: .seconds(100))
      // Waits of their own, which they keep until others have taken theirs.
      var keepers: [Task<Void, any Error>] = []
      for second in leftTimers {
        keepers.append(Task { try await Simulation.clock.sleep(for: .seconds(second)) })
      }
      try await Simulation.clock.sleep(for: .milliseconds(1))
      for number in 1...6 {
        if reusing.contains(number), let keeper = keepers.popLast() {
          keeper.cancel()
          _ = await keeper.result
        }
        Task {
          switch sleep {
          case .ours: try await Simulation.clock.sleep(until: deadline)
          case .library: try await Task.sleep(until: instant, clock: .continuous)
          }
          order.add(number)
        }
        await Task.yield()
        await Task.yield()
      }
      try await Simulation.clock.sleep(until: deadline.advanced(by: .seconds(1)))
      for keeper in keepers { keeper.cancel() }
    }
    #expect(report.passed, "\(report.line)")
    return order.numbers
  }

  @Test(arguments: Sleep.allCases)
  func `of equal deadlines the one that was set first comes first`(sleep: Sleep) {
    #expect(wakeOrder(sleep, leftTimers: [], reusing: []) == [1, 2, 3, 4, 5, 6])
  }

  /// Their timers fire earlier, and are then set again: after those of the others were set.
  @Test(arguments: [[50, 50, 50], [10, 20, 30], [30, 20, 10], [100, 200, 50]])
  func `also when a wait uses the timer of an earlier one`(leftTimers: [Int]) {
    for reusing: Set<Int> in [[1], [3], [6], [1, 3, 5], [2, 4, 6], [4, 5, 6]] {
      let order = wakeOrder(.ours, leftTimers: leftTimers, reusing: reusing)
      #expect(order == [1, 2, 3, 4, 5, 6], "reusing \(reusing.sorted())")
    }
  }

  // MARK: The end of time

  /// 2^62 ns, nearly half of all the time that a run may take.
  private static let late = Duration.nanoseconds(Int64(1) << 62)

  @Test(arguments: Sleep.allCases, [1, 1 << 62, Int64.max])
  func `a sleep of any tolerance ends after its deadline`(sleep: Sleep, slack: Int64) {
    for seed: UInt64 in 0..<20 {
      for tolerance in [Duration.nanoseconds(slack), .seconds(slack)] {
        let woken = Order()
        let options = Self.options(limit: .seconds(Int64.max))
        let report = Simulation.run(seed: seed, options: options) {
          switch sleep {
          case .ours: try await Simulation.clock.sleep(for: Self.late, tolerance: tolerance)
          case .library: try await Task.sleep(for: Self.late, tolerance: tolerance)
          }
          woken.add(Int(Simulation.elapsed / .seconds(1)))
        }
        #expect(["passed", "timedOut"].contains(report.verdict.name), "\(report.line)")
        #expect(report.virtualTime >= Self.late, "\(report.line)")
        #expect(woken.numbers.allSatisfy { $0 >= Int(Self.late / .seconds(1)) })
      }
    }
  }

  @Test func `a sleep to the end of time is a sleep`() {
    let report = Simulation.run(seed: 1) {
      try await Simulation.clock.sleep(until: .init(sinceStart: .seconds(Int64.max)))
    }
    #expect(report.verdict.name == "timedOut", "\(report.line)")
    #expect(report.virtualTime == .seconds(3_600))
  }

  /// A run takes 2^63 ns at most, and virtual time is counted in 64 bits.
  @Test(arguments: [Duration.seconds(Int64.max), late * 2, late * 3, late * 4])
  func `no run comes to the end of time`(sleep: Duration) {
    let woken = Order()
    let body: Simulation.Body = {
      let nap: @Sendable (Int) async throws -> Void = { number in
        switch number {
        case 0: try await Simulation.clock.sleep(for: sleep, tolerance: sleep)
        case 1: try await Task.sleep(for: sleep, tolerance: sleep)
        case 2: try await Task.sleep(until: .now.advanced(by: sleep), clock: .suspending)
        case 3: try await Simulation.clock.sleep(until: .init(sinceStart: sleep))
        default: try await Task.sleep(nanoseconds: .max)
        }
        woken.add(number)
      }
      try await withThrowingTaskGroup { group in
        for number in 0...4 { group.addTask { try await nap(number) } }
        try await group.waitForAll()
      }
    }
    let report = Simulation.run(
      seed: 1, options: Self.options(limit: .seconds(Int64.max)), body)
    #expect(report.verdict.name == "timedOut", "\(report.line)")
    #expect(report.virtualTime == .nanoseconds(Int64.max))
    #expect(woken.numbers == [])
  }
}
