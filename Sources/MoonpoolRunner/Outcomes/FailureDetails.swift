//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// What is kept of a run that failed.
public struct FailureDetails: Sendable, Hashable, Codable {
  /// A property that did not hold.
  public struct PropertyFailure: Sendable, Hashable, Codable {
    /// The property, and what was seen.
    public var description: String
    /// Of an assertion, where it stands.
    public var place: String?
    /// The node whose code saw it.
    public var node: String
    /// Virtual time since the start.
    public var time: Duration
    /// Decisions made until then.
    public var decisionCount: UInt64
    /// Jobs run until then.
    public var jobCount: UInt64
  }

  /// Operations of a workload that asks whether it may.
  public struct Operation: Sendable, Hashable, Codable {
    /// The client's name, a dot, the operation's name.
    public var name: String
    /// How many it began.
    public var count: UInt64
  }

  /// What happened, in one line.
  public var summary: String
  /// What makes other failures the same.
  public var signature: FailureSignature
  /// All properties that did not hold.
  public var violations: [PropertyFailure]
  /// The last events before the verdict, oldest first, as text.
  public var lastEvents: [String]
  /// The fault families that struck in the run, until its verdict.
  public var faults: [FaultCount] = []
  /// All faults that struck, oldest first, if the recipe selects faults: with an empty selection,
  /// `7: without faults()`, it leaves nothing out.
  public var strikes: [FaultAccount] = []
  /// What clients began, under the same condition.
  public var operations: [Operation] = []
  /// Whether a second run, in a fresh process, gave the same; nil if nobody tried.
  public var isConfirmed: Bool?

  /// How many events are kept.
  static let eventCount = 40
  private static let longestEvent = 400
  /// What somebody throws or claims may be megabytes long, and nobody reads that.
  static let longestText = 4_000

  init(summary: String, signature: FailureSignature) {
    self.summary = String(summary.prefix(Self.longestText))
    self.signature = signature
    violations = []
    lastEvents = []
  }

  /// What a run's report says; nil if it passed.
  init?(_ report: SimulationReport) {
    guard let signature = FailureSignature(report.run) else { return nil }
    self.init(summary: report.run.verdict.summary, signature: signature)
    violations = report.run.violations.prefix(20).map {
      PropertyFailure(
        description: String("\($0)".prefix(Self.longestText)), place: $0.place, node: $0.node,
        time: $0.time,
        decisionCount: $0.decisionCount, jobCount: $0.jobCount)
    }
    faults = FaultTable.struck(in: report).map(FaultCount.init)
    lastEvents = report.timeline.suffix(Self.eventCount).map {
      String("\($0)".prefix(Self.longestEvent))
    }
    guard report.run.recipe.selection(of: .faults) != nil else { return }
    strikes = FaultAccount.all(of: report)
    operations = report.operations.map { Operation(name: $0.name, count: $0.count) }
  }
}
