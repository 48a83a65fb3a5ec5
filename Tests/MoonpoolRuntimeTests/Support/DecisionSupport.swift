//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime

/// Lends the decisions of a run under a recipe.
func withDecisions<Result>(
  _ recipe: Recipe, recording: Bool = false, _ body: (Decisions) throws -> Result
) rethrows -> Result {
  let decisions = Decisions()
  defer { decisions.destroy() }
  decisions.begin(recipe, recording: recording)
  return try body(decisions)
}

extension DecisionStream {
  /// The next decisions.
  func take(_ count: Int, below bound: UInt64) -> [UInt64] {
    (0..<count).map { _ in uint64(below: bound) }
  }
}

/// The first decisions of one stream, without any other.
func draws(seed: UInt64, _ key: StreamKey, _ count: Int, below bound: UInt64) -> [UInt64] {
  withDecisions(Recipe(seed: seed)) { $0.stream(key).take(count, below: bound) }
}

/// A small program whose decisions depend on each other: what is drawn decides what is drawn next.
func branchingProgram(_ decisions: Decisions, steps: Int) -> [UInt64] {
  let scheduling = decisions.stream(.scheduling)
  return (0..<steps).map { step in
    decisions.raw.pointee.context = UInt32(step % 3)
    let choice = scheduling.uint64(below: 5)
    if choice >= 3 { return choice * 1_000 + decisions.stream(.workload("w")).uint64(below: 100) }
    return choice
  }
}
