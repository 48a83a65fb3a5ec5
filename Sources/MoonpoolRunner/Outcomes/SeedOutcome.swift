//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
public import MoonpoolRuntime
import MoonpoolSim

/// How the run of one seed ended, and what it counted.
public struct SeedOutcome: Sendable {
  /// The run's place in the campaign, from 0.
  public var index: UInt64
  /// The seed, with breakpoints and edits if it has any.
  public var recipe: Recipe
  /// Virtual time at the verdict.
  public var virtualTime: Duration
  /// Decisions made until then.
  public var decisionCount: UInt64
  /// Jobs run until then.
  public var jobCount: UInt64
  /// Which jobs these were, in which order and when, as a number to compare runs by.
  public var fingerprint: UInt64
  /// Real time that the run took.
  public var wallTime: Duration
  /// What happened, if the run failed.
  public var failure: FailureDetails?
  /// What its faults did.
  var faults: [FaultStrikes]
  /// What was counted of its assertions: by the numbers of the process that ran it, and once the
  /// campaign has it, by the campaign's.
  var counts: RunCounts
  /// Its process died the first time, and didn't the second time.
  var hasDiedOnce = false

  /// Whether the run passed.
  public var passed: Bool { failure == nil }
}

extension SeedOutcome {
  /// Whether another run of the same recipe did the same, as far as can be told.
  func isSame(as other: SeedOutcome) -> Bool {
    failure?.signature == other.failure?.signature && virtualTime == other.virtualTime
      && decisionCount == other.decisionCount && jobCount == other.jobCount
      && fingerprint == other.fingerprint
  }

  /// What a run's report says.
  init(_ index: UInt64, _ report: SimulationReport, _ counts: RunCounts, wallTime: Duration) {
    self.init(
      index: index, recipe: report.run.recipe, virtualTime: report.run.virtualTime,
      decisionCount: report.run.decisionCount, jobCount: report.run.jobCount,
      fingerprint: report.run.fingerprint, wallTime: wallTime,
      failure: FailureDetails(report), faults: FaultTable.struck(in: report), counts: counts)
  }

  /// A run whose process died: nobody knows more of it.
  init(lost index: UInt64, _ recipe: Recipe, because reason: String) {
    let signature = FailureSignature(verdict: "died", cause: reason)
    self.init(
      index: index, recipe: recipe, virtualTime: .zero, decisionCount: 0, jobCount: 0,
      fingerprint: 0, wallTime: .zero,
      failure: FailureDetails(summary: reason, signature: signature),
      faults: [], counts: RunCounts())
  }
}
