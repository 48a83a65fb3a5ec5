//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct ClockFaultTests {
  /// Tells what its clocks show after ten seconds by its own clock.
  struct ClockReader: Program {
    func run(on node: Node) async throws {
      while true {
        let start = node.clock.now
        let continuous = ContinuousClock().now
        try await node.clock.sleep(for: .seconds(5))
        try await Task.sleep(for: .seconds(5))
        let off = node.wallClock.sinceEpoch - (.seconds(1_735_689_600) + Simulation.elapsed)
        let foundation = Date().timeIntervalSince1970 - Double(node.wallClock.sinceEpoch.seconds)
        node.logger.info(
          "read",
          metadata: [
            "slept_ms": "\(start.duration(to: node.clock.now).milliseconds)",
            "continuous_ms": "\((ContinuousClock().now - continuous).milliseconds)",
            "off_ms": "\(off.milliseconds)", "true_ms": "\(Simulation.elapsed.milliseconds)",
            "foundation_off": "\(foundation.magnitude < 1 ? 0 : 1)",
          ])
      }
    }
  }

  private func scenario(_ clocks: ClockFaults) -> Scenario {
    Scenario("clocks") {
      Processes(3, named: "reader") { ClockReader() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(60)) }
      Chaos(for: .seconds(58)) { clocks }
      Budget(run: .seconds(100), settle: .seconds(30))
    }
  }

  @Test func `a drifting clock wakes its sleepers early or late, and agrees with itself`() {
    var farthest = 0
    for report in scenario(ClockFaults(maxDrift: 100_000_000)).reports(0..<30) {
      #expect(report.passed, "\(report.line)")
      let reads = report.timeline.filter { $0.name == "read" && $0.time < .seconds(50) }
      #expect(reads.count >= 9)
      for read in reads {
        // Ten seconds by its own clock, whatever that is worth; up to 1 ms of jobs.
        #expect((10_000...10_002).contains(read.int("slept_ms") ?? 0), "\(read)")
        #expect((10_000...10_002).contains(read.int("continuous_ms") ?? 0), "\(read)")
        #expect(read.int("foundation_off") == 0)
      }
      let last = reads.last { $0.source == "reader-0" }
      farthest = max(farthest, abs((last?.int("true_ms") ?? 0) % 10_000))
      #expect(report.clocks.rateChanges > 0 && report.clocks.jumps == 0)
    }
    #expect(farthest > 1_000)
  }

  @Test func `wall clocks are off by the skew, and right again after the phase`() {
    var largest = 0
    let clocks = ClockFaults(maxSkew: .seconds(2), maxError: .seconds(3))
    for report in scenario(clocks).reports(0..<30) {
      #expect(report.passed, "\(report.line)")
      for read in report.timeline where read.name == "read" {
        let off = abs(read.int("off_ms") ?? 99_999)
        #expect(off <= 2_000)
        if read.time > .seconds(58) { #expect(off == 0) }
        largest = max(largest, off)
      }
      #expect(!report.clockErrors.isExceeded)
    }
    #expect(largest > 1_500)
  }

  @Test func `jumps are counted, and more than the bound is reported`() {
    let clocks = ClockFaults(jumpRate: 0.1, maxJump: .seconds(5), maxError: .seconds(1))
    let reports = scenario(clocks).reports(0..<30)
    #expect(reports.allSatisfy { $0.passed })
    #expect(reports.contains { $0.clockErrors.isExceeded })
    let told = reports.map { report in report.timeline.count { $0.name == "clock.jump" } }
    #expect(told == reports.map(\.clocks.jumps))
    #expect(told.reduce(0, +) > 30)
  }

  /// Sets a clock twice, so that both together are more than a clock can be off.
  private struct Jumps: FaultInjector {
    var amount: Duration

    func inject(with faults: FaultContext) async throws {
      for _ in 0..<2 { faults.jump(faults.cluster.processes[0], by: amount) }
      try await faults.sleep(for: .seconds(1_000))
    }
  }

  @Test(arguments: [10_000_000_000, -10_000_000_000, .max, .min] as [Int64])
  func `a jump is at most 292 years, and the clock right after the phase`(seconds: Int64) {
    var scenario = scenario(.none)
    scenario.chaos = Chaos(for: .seconds(58)) { Jumps(amount: .seconds(seconds)) }
    for report in scenario.reports(0..<3) {
      #expect(report.passed, "\(report.line)")
      #expect(report.clocks.jumps == 2)
      let reads = report.timeline.filter { $0.name == "read" && $0.source == "reader-0" }
      let (during, after) = (
        reads.filter { $0.time < .seconds(58) }, reads.filter { $0.time > .seconds(58) }
      )
      #expect(!during.isEmpty && !after.isEmpty)
      // Before 1970 no wall clock of the simulation goes.
      let least = 1_700_000_000_000
      #expect(during.allSatisfy { abs($0.int("off_ms") ?? 0) > least })
      #expect(after.allSatisfy { $0.int("off_ms") == 0 })
    }
  }

  @Test func `switched off, every clock is true`() {
    for report in scenario(.none).reports(0..<30) {
      #expect(report.clocks == ClockEffects())
      for read in report.timeline where read.name == "read" {
        #expect(read.int("off_ms") == 0)
      }
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
  fileprivate var seconds: Int64 { components.seconds }
}
