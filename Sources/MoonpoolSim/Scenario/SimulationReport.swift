//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// What one run of a scenario was, and how it ended.
public struct SimulationReport: Sendable, CustomStringConvertible {
  /// The scenario's name.
  public var scenario: String
  /// Recipe, verdict, violations, virtual time.
  public var run: RunReport
  /// What the network's faults did.
  public var network: NetworkEffects
  /// What the storage faults of all disks did.
  public var storage: StorageEffects
  /// What was done to clocks.
  public var clocks: ClockEffects
  /// How wrong they were, against what was promised.
  public var clockErrors: ClockErrorRecord
  /// What was done to processes.
  public var processes: ProcessEffects
  /// The `buggify` sites that were visited while they could fire, in the order of first visits.
  public var buggify: [BuggifySite]
  /// What happened: the last ``Scenario/timelineCapacity`` events at least.
  public var timeline: [TimelineEvent]
  /// The faults that struck, in order. Those of `buggify` only if the recipe selects faults, be it
  /// all of them: there may be very many.
  public var faults: [StruckFault]
  /// What clients began, as far as their workloads ask ``Cluster/begins(_:)``, by name.
  public var operations: [OperationCount]
  /// How often each process was started.
  public var starts: [Int]
  /// Who sent what to whom and when; nil unless ``Scenario/spaceTime`` asks for it.
  public var spaceTime: SpaceTime?

  /// Whether the verdict is ``Verdict/passed``.
  public var passed: Bool { run.passed }
  /// `FAILED seed=8839214571 — leadership invariant violated at sim_time=12.4s`, or `PASSED …`.
  public var line: String { run.line }
  public var description: String { line }
  /// The seed that the run started from.
  public var seed: UInt64 { run.seed }
}
