//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime

/// Adds up the outcomes of a campaign, in the order of the series.
struct CampaignTally {
  private(set) var report: CampaignReport
  private var groups: [FailureSignature: Int] = [:]
  private var assertions = AssertionSums()
  private var faults = FaultTable.names.map { FaultCount(family: $0, fired: 0, effective: 0) }
  /// Seeds in a row in which nothing new was seen.
  private var quietSeeds = 0
  /// Recipes to be run again, with what their first run was.
  private(set) var samples: [SeedOutcome] = []
  private let sampleCount: Int

  /// Goes on from what a campaign knew.
  init(_ start: CampaignCheckpoint) {
    report = CampaignReport(scenario: start.scenario)
    report.seedCount = start.seedCount
    report.passedCount = start.passedCount
    report.failures = start.failures
    report.unrepeatable = start.unrepeatable
    report.regressions = start.regressions
    report.virtualTime = start.virtualTime
    for (index, group) in start.failures.enumerated() { groups[group.signature] = index }
    for record in start.assertions { assertions.add(record) }
    for count in start.faults {
      if let index = faults.firstIndex(where: { $0.family == count.family }) {
        faults[index] = count
      }
    }
    quietSeeds = start.quietSeeds
    samples = start.samples.map(\.outcome)
    sampleCount = start.recheckedSeeds
  }

  /// What there is, added to the beginning of the same campaign.
  func checkpoint(of start: CampaignCheckpoint, wallTime: Duration) -> CampaignCheckpoint {
    var result = start
    result.seedCount = report.seedCount
    result.passedCount = report.passedCount
    result.failures = report.failures
    result.unrepeatable = report.unrepeatable
    result.virtualTime = report.virtualTime
    result.wallTime = wallTime
    result.assertions = assertions.records
    result.faults = struckFaults
    result.quietSeeds = quietSeeds
    result.samples = samples.map(CampaignCheckpoint.Sample.init)
    return result
  }

  private var struckFaults: [FaultCount] { faults.filter { $0.fired > 0 || $0.effective > 0 } }

  /// The number by which outcomes call an assertion here.
  mutating func number(of site: AssertionSite, names: [String]) -> UInt32 {
    assertions.number(of: site, names: names)
  }

  mutating func add(_ outcome: SeedOutcome) {
    report.seedCount += 1
    report.virtualTime += outcome.virtualTime
    if outcome.hasDiedOnce { report.unrepeatable.append(outcome.recipe) }
    if let failure = outcome.failure {
      addFailure(outcome, failure)
    } else {
      report.passedCount += 1
      if samples.count < sampleCount { samples.append(outcome) }
    }
    for fault in outcome.faults {
      faults[fault.family].fired += fault.fired
      faults[fault.family].effective += fault.effective
    }
    let isNew = assertions.add(outcome.counts.sites, outcome.counts.buckets, run: outcome.index)
    report.coverage = AssertionCoverage(
      seen: assertions.seenCount, wanted: assertions.wantedCount)
    quietSeeds = isNew ? 0 : quietSeeds + 1
  }

  private mutating func addFailure(_ outcome: SeedOutcome, _ failure: FailureDetails) {
    if let known = groups[failure.signature] {
      report.failures[known].add(outcome)
    } else {
      groups[failure.signature] = report.failures.count
      report.failures.append(FailureGroup(outcome, failure))
    }
  }

  /// Why the campaign should end now; nil: it shouldn't.
  func reasonToStop(_ rule: StopRule, elapsed: Duration) -> StopReason? {
    if let limit = rule.failures, report.failedCount >= limit { return .failures }
    if let limit = rule.wallTime, elapsed >= limit { return .wallTime }
    guard rule.whenAllSeen || rule.quietSeeds != nil else { return nil }
    guard assertions.isAllSeen else { return nil }
    if rule.whenAllSeen { return .allSeen }
    return rule.quietSeeds.map { quietSeeds >= $0 } == true ? .quiet : nil
  }

  /// The report, with everything that only the end shows.
  func finished(_ reason: StopReason, wallTime: Duration) -> CampaignReport {
    var result = report
    result.assertions = assertions.records
    result.faults = struckFaults
    result.stopReason = reason
    result.wallTime = wallTime
    return result
  }
}
