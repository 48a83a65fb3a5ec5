//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolAssertions
public import MoonpoolRuntime

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

  /// What was to be seen and wasn't.
  public var missed: [AssertionRecord] { assertions.filter { $0.status == .missed } }

  /// Whether everything is as it should be: seeds were run, no failure, nothing missed, everything
  /// repeats.
  public var passed: Bool {
    seedCount > 0 && failures.isEmpty && missed.isEmpty && unrepeatable.isEmpty
      && regressions?.failures.isEmpty != false && stopReason != .interrupted
  }
}
