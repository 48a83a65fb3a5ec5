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
  private var sums: [AssertionSite: AssertionRecord] = [:]
  private var faults = FaultTable.names.map { FaultCount(family: $0, fired: 0, effective: 0) }
  /// Seeds in a row in which nothing new was seen.
  private var quietSeeds = 0
  /// Recipes to be run again, with what their first run was.
  private(set) var samples: [SeedOutcome] = []
  private let sampleCount: Int

  init(scenario: String, sampleCount: Int) {
    report = CampaignReport(scenario: scenario)
    self.sampleCount = sampleCount
  }

  mutating func add(_ outcome: SeedOutcome, _ records: [AssertionRecord]) {
    report.seedCount += 1
    report.virtualTime += outcome.virtualTime
    if let failure = outcome.failure {
      addFailure(outcome, failure)
    } else {
      report.passedCount += 1
      if samples.count < sampleCount { samples.append(outcome) }
    }
    for (index, fault) in outcome.faults.enumerated() {
      faults[index].fired += UInt64(fault.fired)
      faults[index].effective += UInt64(fault.effective)
    }
    let isNew = records.map { add($0) }.contains(true)
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

  /// Takes in a record. True: it has something that was never seen before.
  private mutating func add(_ record: AssertionRecord) -> Bool {
    guard let known = sums[record.site] else {
      sums[record.site] = record
      return true
    }
    sums[record.site]!.add(record)
    return known.passes == 0 && record.passes > 0
      || sums[record.site]!.buckets.count > known.buckets.count
  }

  /// Why the campaign should end now; nil: it shouldn't.
  func reasonToStop(_ rule: StopRule, elapsed: Duration) -> StopReason? {
    if let limit = rule.failures, report.failedCount >= limit { return .failures }
    if let limit = rule.wallTime, elapsed >= limit { return .wallTime }
    guard rule.whenAllSeen || rule.quietSeeds != nil else { return nil }
    let wanted = sums.values.filter { !$0.site.kind.canFail }
    guard !wanted.isEmpty, wanted.allSatisfy({ $0.status == .passed }) else { return nil }
    if rule.whenAllSeen { return .allSeen }
    return rule.quietSeeds.map { quietSeeds >= $0 } == true ? .quiet : nil
  }

  /// The report, with everything that only the end shows.
  func finished(_ reason: StopReason, wallTime: Duration) -> CampaignReport {
    var result = report
    result.assertions = sums.values.sorted { $0.site < $1.site }
    result.faults = faults.filter { $0.fired > 0 || $0.effective > 0 }
    result.stopReason = reason
    result.wallTime = wallTime
    return result
  }
}
