//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import HuntSupport
import MoonpoolRuntime
import MoonpoolSim

/// What running an example under many seeds has shown.
struct Outcome {
  /// Runs, without the second ones of a comparison.
  var seedCount: UInt64 = 0
  /// Operations that have succeeded, in all runs.
  var workDone = 0
  /// The first runs that failed, at most ten.
  var failures: [SimulationReport] = []
  /// How many failed.
  var failureCount: UInt64 = 0
  /// The seeds of runs that passed without any operation that succeeded: they prove nothing.
  var idleSeeds: [UInt64] = []
  /// The seeds whose two runs were not the same.
  var mismatches: [UInt64] = []
  /// Real time.
  var time = Duration.zero

  mutating func add(_ report: SimulationReport) {
    seedCount += 1
    workDone += report.workDone
    if !report.passed {
      failureCount += 1
      if failures.count < 10 { failures.append(report) }
    } else if report.workDone == 0 {
      idleSeeds.append(report.seed)
    }
  }
}

/// Runs one scenario.
struct Hunt {
  var scenario: Scenario

  /// Runs the seeds, and stops at the first failure if asked to.
  func run(_ seeds: SeedRanges, untilFailure: Bool) -> Outcome {
    timed { outcome in
      scenario.run(seeds: seeds) { report in
        outcome.add(report)
        return report.passed || !untilFailure
      }
    }
  }

  /// Runs each seed twice, and compares the digests of all events, verdicts and times.
  func compare(_ seeds: SeedRanges) -> Outcome {
    var scenario = scenario
    scenario.options.trace = .digest
    return timed { outcome in
      var first: SimulationReport?
      scenario.run(seeds: seeds.lazy.flatMap { [$0, $0] }) { report in
        guard let before = first else {
          first = report
          outcome.add(report)
          return true
        }
        first = nil
        if report.run.digest != before.run.digest || report.line != before.line {
          outcome.mismatches.append(report.seed)
        }
        return true
      }
    }
  }

  private func timed(_ body: (inout Outcome) -> Void) -> Outcome {
    var outcome = Outcome()
    let clock = ContinuousClock()
    let start = clock.now
    body(&outcome)
    outcome.time = clock.now - start
    return outcome
  }
}
