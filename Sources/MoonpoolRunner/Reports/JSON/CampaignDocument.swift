//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime

/// What stands in a file of reports. A report's types may change; this changes with its schema.
struct CampaignDocument: Codable {
  /// The beginning of ``schema`` in all its versions.
  static let schemaName = "moonpool.campaign/"
  static let schema = schemaName + "1"

  var schema = Self.schema
  var campaigns: [Campaign]

  struct Campaign: Codable {
    var scenario: String
    var passed: Bool
    var stopReason: String
    var seeds: Seeds
    var virtualTimeNs: UInt64
    var wallTimeNs: UInt64
    var failures: [Failure]
    var assertions: [Assertion]
    var faults: [Fault]
    var unrepeatable: [String]
    var regressions: Regressions?
  }

  struct Regressions: Codable {
    var run: UInt64
    var failures: [Failure]
  }

  struct Seeds: Codable {
    var run: UInt64
    var passed: UInt64
    var failed: UInt64
  }

  struct Failure: Codable {
    var verdict: String
    var cause: String
    var summary: String
    var count: UInt64
    var first: Seed
    var fastest: Seed
    /// The first of them, at most 100.
    var members: [Seed]
    var confirmed: Bool?
    var violations: [Violation]
    var lastEvents: [String]
    var faults: [Fault]
  }

  struct Seed: Codable {
    var recipe: String
    var index: UInt64?
    /// In hexadecimal: most readers of JSON have 53 bits.
    var fingerprint: String?
    var timeNs: UInt64
  }

  struct Violation: Codable {
    var description: String
    var place: String?
    var node: String
    var timeNs: UInt64
    var decisions: UInt64
    var jobs: UInt64
  }

  struct Fault: Codable {
    var family: String
    var struck: UInt64
    var effects: UInt64
  }

  struct Assertion: Codable {
    var kind: String
    var message: String
    var file: String
    var line: Int
    var status: String
    var passes: UInt64
    var fails: UInt64
    var runs: UInt64
    var passingRuns: UInt64
    /// The part of the campaign's runs in which it held; derived, and so not read back.
    var hitRate: Double
    var firstPass: UInt64?
    var best: Int64?
    var names: [String]
    var held: [String]
    var buckets: [Bucket]
  }

  struct Bucket: Codable {
    var keys: [Int64]
    var hits: UInt64
    var runs: UInt64
    var firstRun: UInt64
    var quality: [Int64]
  }
}

// MARK: From reports

extension CampaignDocument.Campaign {
  init(_ report: CampaignReport) {
    self.init(
      scenario: report.scenario, passed: report.passed, stopReason: report.stopReason.rawValue,
      seeds: .init(
        run: report.seedCount, passed: report.passedCount, failed: report.failedCount),
      virtualTimeNs: report.virtualTime.clampedNanoseconds,
      wallTimeNs: report.wallTime.clampedNanoseconds, failures: report.failures.map { .init($0) },
      assertions: report.assertions.map { .init($0, of: report.seedCount) },
      faults: report.faults.map { .init($0) },
      unrepeatable: report.unrepeatable.map(\.description),
      regressions: report.regressions.map { regressions in
        .init(run: regressions.count, failures: regressions.failures.map { .init($0) })
      })
  }
}

extension CampaignDocument.Failure {
  fileprivate init(_ group: FailureGroup) {
    let details = group.details
    self.init(
      verdict: group.signature.verdict, cause: group.signature.cause, summary: details.summary,
      count: group.count,
      first: .init(
        recipe: "\(group.first)", index: group.firstIndex,
        fingerprint: group.firstFingerprint.map { String($0, radix: 16) },
        timeNs: group.firstTime.clampedNanoseconds),
      fastest: .init(
        recipe: "\(group.fastest)", timeNs: group.fastestTime.clampedNanoseconds),
      members: group.members.map {
        .init(recipe: "\($0.recipe)", timeNs: $0.time.clampedNanoseconds)
      },
      confirmed: details.isConfirmed,
      violations: details.violations.map {
        .init(
          description: $0.description, place: $0.place, node: $0.node,
          timeNs: $0.time.clampedNanoseconds, decisions: $0.decisionCount, jobs: $0.jobCount)
      }, lastEvents: details.lastEvents, faults: details.faults.map { .init($0) })
  }
}

extension CampaignDocument.Fault {
  fileprivate init(_ count: FaultCount) {
    self.init(family: count.family, struck: count.fired, effects: count.effective)
  }
}

extension CampaignDocument.Assertion {
  fileprivate init(_ record: AssertionRecord, of seedCount: UInt64) {
    self.init(
      kind: "\(record.site.kind)", message: record.site.message, file: record.site.file,
      line: record.site.line, status: record.status.rawValue, passes: record.passes,
      fails: record.fails, runs: record.runs, passingRuns: record.passingRuns,
      hitRate: seedCount == 0 ? 0 : Double(record.passingRuns) / Double(seedCount),
      firstPass: record.firstPass, best: record.best, names: record.names, held: record.held,
      buckets: record.buckets.map {
        .init(
          keys: $0.keys, hits: $0.hits, runs: $0.runs, firstRun: $0.firstRun, quality: $0.quality)
      })
  }
}

// MARK: To reports

extension CampaignReport {
  init(_ campaign: CampaignDocument.Campaign) throws(ReportFileError) {
    self.init(scenario: campaign.scenario)
    guard let reason = StopReason(rawValue: campaign.stopReason) else {
      throw .unknown("stop_reason", campaign.stopReason)
    }
    guard campaign.seeds.passed <= campaign.seeds.run else {
      throw ReportFileError("more seeds have passed than were run; save the report again")
    }
    stopReason = reason
    seedCount = campaign.seeds.run
    passedCount = campaign.seeds.passed
    virtualTime = Duration(nanoseconds: campaign.virtualTimeNs)
    wallTime = Duration(nanoseconds: campaign.wallTimeNs)
    for failure in campaign.failures { failures.append(try FailureGroup(failure)) }
    for assertion in campaign.assertions { assertions.append(try AssertionRecord(assertion)) }
    coverage = AssertionCoverage(assertions)
    faults = campaign.faults.map { FaultCount($0) }
    if let known = campaign.regressions {
      var regressions = RegressionReport()
      regressions.count = known.run
      for failure in known.failures { regressions.failures.append(try FailureGroup(failure)) }
      self.regressions = regressions
    }
    for text in campaign.unrepeatable { unrepeatable.append(try Recipe(inReport: text)) }
  }
}

extension Recipe {
  fileprivate init(inReport text: String) throws(ReportFileError) {
    do throws(RecipeError) {
      try self.init(parsing: text)
    } catch {
      throw ReportFileError("it has a recipe that cannot be read: \(error)")
    }
  }
}

extension UInt64 {
  fileprivate init(inReport fingerprint: String) throws(ReportFileError) {
    guard let value = UInt64(fingerprint, radix: 16) else {
      throw .unknown("fingerprint", fingerprint)
    }
    self = value
  }
}

extension FaultCount {
  fileprivate init(_ fault: CampaignDocument.Fault) {
    self.init(family: fault.family, fired: fault.struck, effective: fault.effects)
  }
}

extension FailureGroup {
  fileprivate init(_ failure: CampaignDocument.Failure) throws(ReportFileError) {
    var details = FailureDetails(
      summary: failure.summary,
      signature: FailureSignature(verdict: failure.verdict, cause: failure.cause))
    details.violations = failure.violations.map {
      FailureDetails.PropertyFailure(
        description: $0.description, place: $0.place, node: $0.node,
        time: Duration(nanoseconds: $0.timeNs), decisionCount: $0.decisions, jobCount: $0.jobs)
    }
    details.lastEvents = failure.lastEvents
    details.faults = failure.faults.map { FaultCount($0) }
    details.isConfirmed = failure.confirmed
    var members: [Member] = []
    for member in failure.members {
      members.append(
        Member(
          recipe: try Recipe(inReport: member.recipe), time: Duration(nanoseconds: member.timeNs)))
    }
    self.init(
      count: failure.count, firstIndex: failure.first.index ?? 0,
      first: try Recipe(inReport: failure.first.recipe),
      firstTime: Duration(nanoseconds: failure.first.timeNs),
      firstFingerprint: try failure.first.fingerprint.map { text throws(ReportFileError) in
        try UInt64(inReport: text)
      },
      fastest: try Recipe(inReport: failure.fastest.recipe),
      fastestTime: Duration(nanoseconds: failure.fastest.timeNs), members: members, details)
  }
}

extension AssertionRecord {
  fileprivate init(_ assertion: CampaignDocument.Assertion) throws(ReportFileError) {
    guard let kind = AssertionKind.allCases.first(where: { "\($0)" == assertion.kind }) else {
      throw .unknown("kind", assertion.kind)
    }
    let held = Set(assertion.held)
    let mask = assertion.names.prefix(64).enumerated().reduce(UInt64(0)) { mask, name in
      held.contains(name.element) ? mask | 1 << UInt64(name.offset) : mask
    }
    self.init(
      site: AssertionSite(
        kind, assertion.message, file: assertion.file, line: assertion.line),
      passes: assertion.passes, fails: assertion.fails, runs: assertion.runs,
      passingRuns: assertion.passingRuns, firstPass: assertion.firstPass, best: assertion.best,
      names: assertion.names, heldMask: mask,
      buckets: assertion.buckets.map {
        AssertionBucket(
          keys: $0.keys, hits: $0.hits, runs: $0.runs, firstRun: $0.firstRun, quality: $0.quality)
      })
  }
}
