//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import HuntSupport
import MoonpoolRuntime
import RaceCatalog

/// What one strategy did to a race.
struct Attempt {
  let strategy: Strategy
  /// Runs until the first failure, or all of them.
  let seedCount: UInt64
  let failure: RunReport?
}

/// One run with its story.
struct Told {
  let report: RunReport
  let strategy: Strategy
  let notes: [Note]
}

/// A failing run, and one that went well for as long as possible in the same way.
struct Finding {
  let failing: Told
  let passing: Told?
  /// Whether running the seed again gave the same failure after the same number of decisions.
  let isRepeatable: Bool
}

/// Looks for a race in one program of the catalogue.
struct Hunt {
  let race: Race
  let request: Request

  private var program: @Sendable () async throws -> Void {
    request.fixed ? race.fixed : race.buggy
  }

  /// Runs the seeds under `strategy` until one fails.
  func attempt(_ strategy: Strategy, _ seeds: SeedRanges) -> Attempt {
    var seedCount: UInt64 = 0
    var failure: RunReport?
    Simulation.run(
      seeds: seeds, options: request.options(strategy),
      each: { report in
        seedCount += 1
        if !report.passed { failure = report }
        return report.passed
      }, program)
    return Attempt(strategy: strategy, seedCount: seedCount, failure: failure)
  }

  /// Runs a recipe once more and listens.
  func tell(_ recipe: Recipe, _ strategy: Strategy) -> Told {
    let notebook = Notebook()
    let report = Simulation.run(
      recipe, options: request.options(strategy, traced: request.trace),
      told(in: notebook))
    return Told(report: report, strategy: strategy, notes: notebook.take())
  }

  /// The failure of an attempt, told, beside a run that passes.
  func finding(_ failure: RunReport, _ strategy: Strategy) -> Finding {
    let failing = tell(failure.recipe, strategy)
    return Finding(
      failing: failing,
      passing: neighbour(of: failing),
      isRepeatable: failing.report.line == failure.line
        && failing.report.decisionCount == failure.decisionCount)
  }

  /// Of the next seeds, the passing one whose order agrees with `failing` for longest.
  func neighbour(of failing: Told) -> Told? {
    let notebook = Notebook()
    var best: Told?
    var bestLength = -1
    Simulation.run(
      seeds: (1...100).map { failing.report.seed &+ $0 },
      options: request.options(failing.strategy),
      each: { report in
        let notes = notebook.take()
        let length = commonPrefix(notes, failing.notes)
        if report.passed, length > bestLength {
          bestLength = length
          best = Told(report: report, strategy: failing.strategy, notes: notes)
        }
        return true
      }, told(in: notebook))
    return best
  }

  private func told(in notebook: Notebook) -> @Sendable () async throws -> Void {
    let program = program
    return { try await Notebook.$current.withValue(notebook) { try await program() } }
  }
}

/// How many steps two stories have in common before they part.
func commonPrefix(_ first: [Note], _ second: [Note]) -> Int {
  zip(first, second).prefix { $0 == $1 }.count
}
