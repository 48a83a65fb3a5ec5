//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// `cluster-hunt --fixed --seeds 5000`, with and without `--twice`, is the long version.
@Suite struct ClusterExamplesTests {
  /// Seeds from 1 on within which the mistake is found, rounded up from what either build needs.
  static let seedsNeeded: KeyValuePairs<String, UInt64> = [
    "replicated-register": 60, "key-value-store": 20, "leader-election": 60,
    "three-datacenters": 60, "transaction-store": 10,
  ]

  /// Seeds under which the correct ones run: fewer in a debug build, which is ten times as slow,
  /// and with 54 processes.
  static func seeds(_ name: String) -> ClosedRange<UInt64> {
    #if DEBUG
      name == "three-datacenters" ? 1...5 : 1...20
    #else
      1...200
    #endif
  }

  @Test(arguments: ClusterExample.all.map(\.name))
  func `the correct one survives, does its work, and repeats itself`(name: String) throws {
    var scenario = try #require(ClusterExample.named(name)).correct
    scenario.options.trace = .digest
    let reports = reports(scenario, Self.seeds(name))
    for report in reports {
      #expect(report.passed, "\(report.line)")
      #expect(report.workDone > 0, "\(report.line)")
    }
    // The first of them again, in another order.
    let first = reports.prefix(20)
    let again = self.reports(scenario, first.map(\.seed).reversed())
    #expect(first.map(\.run.digest) == again.map(\.run.digest).reversed())
    #expect(first.map(\.workDone) == again.map(\.workDone).reversed())
    #expect(Set(first.map(\.run.digest)).count == first.count)
    // The chaos that it has survived was one.
    #expect(first.contains { $0.processes.reboots.values.reduce(0, +) > 0 })
    #expect(first.contains { $0.clocks.rateChanges > 0 })
    #expect(first.contains { $0.network.strikes.values.reduce(0, +) > 0 })
  }

  @Test(arguments: ClusterExample.all.map(\.name))
  func `the mistake is found, and the line names the property`(name: String) throws {
    let example = try #require(ClusterExample.named(name))
    let count = try #require(Self.seedsNeeded.first { $0.key == name }?.value)
    var found: SimulationReport?
    example.buggy.run(seeds: 1...count) { report in
      if !report.passed { found = report }
      return report.passed
    }
    let failure = try #require(found, "not found in \(count) seeds")
    #expect(failure.line.hasPrefix("FAILED seed=\(failure.seed) — \(example.property) violated: "))
    // Again, alone: the same run.
    #expect(example.buggy.run(seed: failure.seed).line == failure.line)
  }

  private func reports(
    _ scenario: Scenario, _ seeds: some Sequence<UInt64>
  ) -> [SimulationReport] {
    var reports: [SimulationReport] = []
    scenario.run(seeds: seeds) { report in
      // The whole timelines of many runs would be gigabytes.
      var report = report
      report.timeline.removeAll { !($0.value is WorkDone) }
      reports.append(report)
      return true
    }
    return reports
  }
}
