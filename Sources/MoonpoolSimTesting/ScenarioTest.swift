//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Dispatch
package import MoonpoolRunner
internal import MoonpoolRuntime
package import MoonpoolSim
package import MoonpoolTesting
internal import Synchronization
package import Testing

/// A scenario as a test: a campaign in this process, and what a test is told of it.
package struct ScenarioTest: Sendable {
  let scenario: Scenario
  let stop: StopRule
  let requiresAll: Bool
  let runsInParallel: Bool
  /// The test's name, as patterns for tests have it; nil outside of tests.
  let name: String?
  /// Where issues are that have no place of their own.
  let location: SourceLocation

  /// Makes one. Nothing runs yet.
  package init(
    _ scenario: Scenario, stop: StopRule, requiresAll: Bool, runsInParallel: Bool, name: String?,
    location: SourceLocation
  ) {
    self.scenario = scenario
    self.stop = stop
    self.requiresAll = requiresAll
    self.runsInParallel = runsInParallel
    self.name = name
    self.location = location
  }

  /// Runs the campaign, in its turn. If the calling task is cancelled, as by a time limit of the
  /// test, the campaign ends as interrupted.
  ///
  /// - Throws: ``RunnerError``, or ``ScenarioTestError``.
  package func run(_ selection: SeedSelection) async throws -> Outcome {
    if Simulation.isRunning {
      throw ScenarioTestError(
        "the scenario '\(scenario.name)' cannot be run inside a simulation; take .simulated from "
          + "the test or from its suite")
    }
    if runsInParallel { return try await runAside(selection) }
    return try await SimulationTurn.take { try await runAside(selection) }
  }

  /// Campaigns block their thread: one of Swift's own must not be lost for so long.
  private func runAside(_ selection: SeedSelection) async throws -> Outcome {
    let isCancelled = Flag()
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        DispatchQueue(label: "moonpool.scenario-test").async {
          continuation.resume(with: Result { try runHere(selection, isCancelled) })
        }
      }
    } onCancel: {
      isCancelled.set()
    }
  }

  private func runHere(_ selection: SeedSelection, _ isCancelled: Flag) throws -> Outcome {
    let campaign = Campaign(scenario, seeds: SeedPlan(selection.seeds), stop: stop)
    let report = try campaign.run { _ in !isCancelled.isSet }
    if selection.printsTrace {
      for recipe in selection.seeds.prefix(Int(clamping: report.seedCount)) {
        guard let trace = try? MergedTrace(of: scenario, recipe) else { break }
        print(trace.text, terminator: "")
      }
    }
    return Outcome(report, of: self, isReplay: selection.isReplay)
  }
}

/// A scenario's test cannot run.
package struct ScenarioTestError: Error, CustomStringConvertible {
  /// Why, and what to do, in one line.
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Set once, from any thread.
private final class Flag: Sendable {
  private let value = Atomic(false)
  func set() { value.store(true, ordering: .relaxed) }
  var isSet: Bool { value.load(ordering: .relaxed) }
}
