//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime
import MoonpoolSim

/// Runs the seeds of a plan in the calling process, one after the other.
final class SeedRunner {
  private let scenario: Scenario
  private let plan: SeedPlan
  private let table = AssertionTable()
  /// The assertions whose identities have been handed over: those with numbers below it.
  private var knownSites: UInt32 = 0
  private var counts = RunCounts()
  private var index: UInt64 = 0
  private var began = ContinuousClock.now

  init(_ scenario: Scenario, _ plan: SeedPlan) {
    self.scenario = scenario
    self.plan = plan
    table.runWillEnd = { [unowned self] in counts = RunCounts(endingRunOf: $0) }
  }

  /// Runs what is at the given places.
  ///
  /// - Parameter each: Takes what there is to say of a run; false ends the series.
  func run(_ indices: some Sequence<UInt64>, each: ([WorkerRecord]) -> Bool) {
    let recipes = indices.lazy.map { [unowned self] index in
      self.index = index
      began = ContinuousClock.now
      return plan.recipe(at: index)
    }
    scenario.run(recipes, counting: table) { report in
      let outcome = SeedOutcome(
        index, report, counts, wallTime: ContinuousClock.now - began)
      counts = RunCounts()
      return each(newSites(in: outcome) + [.outcome(outcome)])
    }
  }

  private func newSites(in outcome: SeedOutcome) -> [WorkerRecord] {
    guard let last = outcome.counts.sites.map(\.number).max(), last >= knownSites else { return [] }
    defer { knownSites = last + 1 }
    return (knownSites...last).map { number in
      let (site, names) = table.identity(of: number)
      return .site(number, site, names: names)
    }
  }
}
