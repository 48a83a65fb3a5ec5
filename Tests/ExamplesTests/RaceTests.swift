//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import RaceCatalog
import Testing

/// A run of one program, with its story.
struct Told: Equatable {
  let line: String
  let decisionCount: UInt64
  let jobCount: UInt64
  let virtualTime: Duration
  let notes: [Note]
}

/// The strategies by the names that `race-hunt` gives them.
let strategies: [(name: String, choice: StrategyChoice)] = [
  ("portfolio", .portfolio), ("uniform", .uniform), ("pct", .pct(changePoints: 2)), ("pos", .pos),
]

func options(_ strategy: StrategyChoice) -> SimulationOptions {
  var options = SimulationOptions()
  options.strategy = strategy
  return options
}

/// The first seed that fails, and its report.
func firstFailure(
  _ strategy: StrategyChoice, seeds: Range<UInt64>,
  of program: @escaping @Sendable () async throws -> Void
) -> RunReport? {
  var failure: RunReport?
  Simulation.run(
    seeds: seeds, options: options(strategy),
    each: { report in
      if !report.passed { failure = report }
      return report.passed
    }, program)
  return failure
}

/// How many of the seeds fail.
func failureCount(
  _ strategy: StrategyChoice, seeds: Range<UInt64>,
  of program: @escaping @Sendable () async throws -> Void
) -> Int {
  var count = 0
  Simulation.run(
    seeds: seeds, options: options(strategy),
    each: { report in
      if !report.passed { count += 1 }
      return true
    }, program)
  return count
}

/// Runs one seed and listens.
func tell(
  _ strategy: StrategyChoice, seed: UInt64,
  of program: @escaping @Sendable () async throws -> Void
) -> Told {
  let notebook = Notebook()
  let report = Simulation.run(seed: seed, options: options(strategy)) {
    try await Notebook.$current.withValue(notebook) { try await program() }
  }
  return Told(
    line: report.line, decisionCount: report.decisionCount,
    jobCount: report.jobCount, virtualTime: report.virtualTime, notes: notebook.take())
}

@Suite("The catalogue of races")
struct RaceTests {
  @Test("is found within 200 seeds and replays identically", arguments: Race.all.map(\.name))
  func isFound(name: String) throws {
    let race = try #require(Race.named(name))
    var foundBy: [String] = []
    for strategy in strategies {
      guard let failure = firstFailure(strategy.choice, seeds: 0..<200, of: race.buggy) else {
        continue
      }
      foundBy.append(strategy.name)
      let first = tell(strategy.choice, seed: failure.seed, of: race.buggy)
      let second = tell(strategy.choice, seed: failure.seed, of: race.buggy)
      #expect(first == second, "\(strategy.name), seed \(failure.seed)")
      #expect(first.line == failure.line)
      #expect(first.decisionCount == failure.decisionCount)
      #expect(!first.notes.isEmpty)
    }
    #expect(!foundBy.isEmpty)
  }

  /// `race-hunt --fixed --seeds 20000` is the long version.
  @Test("is gone from the fixed twin in 1,000 seeds", arguments: Race.all.map(\.name))
  func fixedTwinSurvives(name: String) throws {
    let race = try #require(Race.named(name))
    for strategy in strategies {
      let failure = firstFailure(strategy.choice, seeds: 0..<1_000, of: race.fixed)
      #expect(failure == nil, "\(strategy.name): \(failure?.line ?? "")")
    }
  }

  @Test("the needle falls to PCT at least twice as often as to a fair die")
  func needleIsMadeForPCT() {
    let program = Race.needle.buggy
    let pct = failureCount(.pct(changePoints: 2), seeds: 0..<2_000, of: program)
    let uniform = failureCount(.uniform, seeds: 0..<2_000, of: program)
    #expect(pct >= 20)
    #expect(pct >= 2 * uniform)
  }

  @Test("the fixed twins also hold on the ordinary runtime", arguments: Race.all.map(\.name))
  func fixedTwinHoldsOutside(name: String) async throws {
    try await #require(Race.named(name)).fixed()
  }
}
