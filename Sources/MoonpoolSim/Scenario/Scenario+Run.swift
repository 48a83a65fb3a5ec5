//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolAssertions
public import MoonpoolRuntime

extension Scenario {
  /// Runs the scenario once under `seed`, and blocks the calling thread until the verdict.
  ///
  /// With a field out of range the verdict is ``Verdict/refused(_:)``.
  public func run(seed: UInt64) -> SimulationReport { run(Recipe(seed: seed)) }

  /// Runs the scenario once under `recipe`, and blocks the calling thread until the verdict.
  public func run(_ recipe: Recipe) -> SimulationReport {
    if let reason = refusal { return SimulationReport(name, refused: recipe, because: reason) }
    let witness = Witness()
    let run = Simulation.run(recipe, options: options) { try await body(witness) }
    return report(of: run, witness)
  }

  /// Runs the scenario once under `recipe`, from async code such as a test.
  public func run(_ recipe: Recipe) async -> SimulationReport {
    if let reason = refusal { return SimulationReport(name, refused: recipe, because: reason) }
    let witness = Witness()
    let run = await Simulation.run(recipe, options: options) { try await body(witness) }
    return report(of: run, witness)
  }

  /// Runs the scenario under one seed after the other on one thread, which is the fastest way.
  ///
  /// - Parameter each: Gets each report; false ends the series.
  public func run(seeds: some Sequence<UInt64>, each: (SimulationReport) -> Bool) {
    run(seeds.lazy.map { Recipe(seed: $0) }, counting: nil, each: each)
  }

  /// The same for recipes; what assertions count goes into `table`.
  package func run(
    _ recipes: some Sequence<Recipe>, counting table: AssertionTable?,
    each: (SimulationReport) -> Bool
  ) {
    if let reason = refusal {
      for recipe in recipes {
        let report = SimulationReport(name, refused: recipe, because: reason)
        if !each(report) { return }
      }
      return
    }
    let witness = Witness()
    let runBody: Simulation.Body = { try await body(witness) }
    Simulation.run(
      recipes, options: options, counting: table,
      each: { run in
        let report = report(of: run, witness)
        witness.run = nil
        return each(report)
      }, runBody)
  }

  /// Why a run is not attempted; nil if all fields are in their ranges.
  private var refusal: String? {
    do {
      try validate()
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func body(_ witness: Witness) async throws {
    let run = try ScenarioRun(self)
    witness.run = run
    try await run.run()
  }

  private func report(of run: RunReport, _ witness: Witness) -> SimulationReport {
    let world = witness.run?.world
    defer { witness.run?.dissolve() }
    return SimulationReport(
      scenario: name, run: run, network: world?.network.effects.pointee ?? NetworkEffects(),
      storage: world?.storage.effects ?? StorageEffects(),
      clocks: world?.clockEffects ?? ClockEffects(),
      clockErrors: world?.clockErrors ?? ClockErrorRecord(.none),
      processes: world?.processEffects ?? ProcessEffects(),
      buggify: world?.buggify?.sites ?? [],
      timeline: world?.timeline.events ?? [],
      faults: witness.run?.faults.struck ?? [],
      operations: witness.run?.operations.counts.map { OperationCount(name: $0, count: $1) } ?? [],
      starts: witness.run?.processes.map(\.startCount) ?? [],
      spaceTime: witness.run?.spaceTime(run))
  }
}

extension SimulationReport {
  fileprivate init(_ scenario: String, refused recipe: Recipe, because reason: String) {
    self.init(
      scenario: scenario, run: RunReport(refused: recipe, because: reason),
      network: NetworkEffects(), storage: StorageEffects(), clocks: ClockEffects(),
      clockErrors: ClockErrorRecord(.none),
      processes: ProcessEffects(), buggify: [], timeline: [],
      faults: [], operations: [], starts: [])
  }
}

/// Keeps hold of a run until its report is made.
///
/// Safe to share: the simulation's thread writes, and the report is made when it has ended.
private final class Witness: @unchecked Sendable {
  var run: ScenarioRun?
}
