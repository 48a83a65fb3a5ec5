//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolAssertions

/// A place in the user's code.
public struct CodeSite: Sendable, Hashable {
  /// Whose job ran, or had run last.
  public var task: TaskIdentity
  /// The user's functions on its stack, innermost first; empty if no job was running.
  public var frames: [String]
}

/// What a run was and how it ended.
public struct RunReport: Sendable, CustomStringConvertible {
  /// Seed, breakpoints and edits: running it again gives the same report.
  public var recipe: Recipe
  /// How it ended.
  public var verdict: Verdict
  /// The properties that did not hold, in the order in which that was seen. A run may have some and
  /// end in another verdict.
  public var violations: [Violation] = []
  /// What was counted of the assertions that the run evaluated, in the order of first evaluation.
  public var assertions: [AssertionCount] = []
  /// Virtual time at the verdict; when something happened last, if nothing was left to do.
  public var virtualTime: Duration
  /// The odometer: decisions made until the verdict.
  public var decisionCount: UInt64
  /// Jobs run until the verdict.
  public var jobCount: UInt64
  /// Tells which jobs were run until then, in which order and at which times: runs of a recipe that
  /// differ in that, and in nothing that was counted, have different ones.
  public var fingerprint: UInt64
  /// Name of the scheduling strategy that this seed got.
  public var strategy: String
  /// Crashes of nodes whose traps are contained, in order.
  public var containedCrashes: [Crash]
  /// Tasks whose memory could not be given back after the verdict.
  public var abandonedTasks: Int
  /// Reads of real values that were let through (CPU time, the process id): the usual suspects when
  /// runs differ.
  public var realReadCount: UInt64
  /// Where a run left the log that it followed; nil unless the verdict is ``Verdict/diverged(_:)``.
  public var divergenceSite: CodeSite?
  /// Digest of the trace; 0 unless it was recorded.
  public var digest: UInt64
  /// The events, if ``SimulationOptions/trace`` is ``TraceMode/full``.
  public var trace: Trace?
  /// The decisions, if ``SimulationOptions/recordsDecisions`` is set.
  public var decisions: DecisionLog?

  /// The seed that the run started from.
  public var seed: UInt64 { recipe.seed }

  /// Whether the verdict is ``Verdict/passed``.
  public var passed: Bool { verdict.isPassed }

  public var description: String { line }

  /// `FAILED seed=8839214571 — leadership invariant violated at sim_time=12.4s`, or `PASSED …`.
  public var line: String {
    let subject = "seed=\(recipe)"
    let time = "sim_time=\(virtualTime.secondsText)"
    return passed
      ? "PASSED \(subject) at \(time)" : "FAILED \(subject) — \(verdict.summary) at \(time)"
  }
}

extension RunReport {
  /// The report of a run that was not attempted.
  package init(refused recipe: Recipe, because reason: String) {
    self.init(
      recipe: recipe, verdict: .refused(reason), virtualTime: .zero, decisionCount: 0, jobCount: 0,
      fingerprint: 0, strategy: "none", containedCrashes: [], abandonedTasks: 0, realReadCount: 0,
      divergenceSite: nil, digest: 0, trace: nil, decisions: nil)
  }
}
