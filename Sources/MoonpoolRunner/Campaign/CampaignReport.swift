//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolAssertions
public import MoonpoolRuntime
import MoonpoolSim

/// What a campaign has found.
public struct CampaignReport: Sendable {
  /// The scenario's name.
  public var scenario: String
  /// How many seeds were run.
  public var seedCount: UInt64 = 0
  /// How many of them passed.
  public var passedCount: UInt64 = 0
  /// Failures by kind, in the order in which the kinds were met.
  public var failures: [FailureGroup] = []
  /// What was counted of each assertion, by place in the source.
  public var assertions: [AssertionRecord] = []
  /// How many of the assertions that can be missed have been seen to hold; unlike ``assertions``
  /// also while the campaign runs.
  public var coverage = AssertionCoverage(seen: 0, wanted: 0)
  /// What fault families did, without those that never struck.
  public var faults: [FaultCount] = []
  /// Recipes whose second run was another, or in whose first run the process died: something in
  /// them is not deterministic.
  public var unrepeatable: [Recipe] = []
  /// What became of recipes that had failed in earlier campaigns; nil if none were run again.
  public var regressions: RegressionReport?
  /// Virtual time of all runs together.
  public var virtualTime = Duration.zero
  /// Real time from beginning to end.
  public var wallTime = Duration.zero
  /// Why it ended.
  public var stopReason = StopReason.done

  /// Creates an empty report.
  public init(scenario: String) { self.scenario = scenario }

  /// Nothing was run: somebody ended the campaign before.
  package init(interrupted scenario: String) {
    self.init(scenario: scenario)
    stopReason = .interrupted
  }

  /// How many seeds failed.
  public var failedCount: UInt64 { seedCount - passedCount }

  /// Those of recipes that had failed before, and then those of the campaign's own seeds.
  package var allFailures: [FailureGroup] { (regressions?.failures ?? []) + failures }

  /// What was to be seen and wasn't.
  public var missed: [AssertionRecord] { assertions.filter { $0.status == .missed } }

  /// Whether everything is as it should be: seeds were run, no failure, nothing missed, everything
  /// repeats.
  public var passed: Bool {
    seedCount > 0 && failures.isEmpty && missed.isEmpty && unrepeatable.isEmpty
      && regressions?.failures.isEmpty != false && stopReason != .interrupted
  }
}

extension CampaignReport {
  /// Adds what the scenario covers and nobody has come to: nothing was counted of it.
  mutating func addUnreached(of scenario: Scenario) {
    let known = Set(assertions.map(\.site))
    let unreached = Assertions.compiled.filter {
      $0.kind.canBeMissed && scenario.covers.contains($0.file) && !known.contains($0)
    }
    assertions += unreached.map { AssertionRecord(unreached: $0) }
    assertions.sort { $0.site < $1.site }
    coverage = AssertionCoverage(assertions)
  }
}

/// How much has been seen of what assertions ask to see.
public struct AssertionCoverage: Sendable, Hashable {
  /// How many assertions have been seen to hold.
  public var seen: Int
  /// How many were met that ask for something to be seen.
  public var wanted: Int

  /// Makes one of two counts.
  public init(seen: Int, wanted: Int) {
    self.seen = seen
    self.wanted = wanted
  }

  /// Counts those of a report.
  init(_ records: [AssertionRecord]) {
    let wanted = records.filter(\.site.kind.canBeMissed)
    self.init(seen: wanted.count { $0.passes > 0 }, wanted: wanted.count)
  }
}
