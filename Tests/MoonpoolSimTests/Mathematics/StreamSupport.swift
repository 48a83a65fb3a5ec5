//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// Lends the decisions of a run under a seed.
func withDecisions<Result>(
  seed: UInt64 = 1, _ body: (Decisions) throws -> Result
) rethrows -> Result {
  let decisions = Decisions()
  defer { decisions.destroy() }
  decisions.begin(Recipe(seed: seed))
  return try body(decisions)
}

/// Lends one stream of a run under a seed.
func withStream<Result>(
  seed: UInt64 = 1, _ body: (DecisionStream) throws -> Result
) rethrows -> Result {
  try withDecisions(seed: seed) { try body($0.stream(.custom("test"))) }
}

/// Lends a stream whose first decisions are these, whatever the seed.
func withStream<Result>(
  deciding values: [UInt64], _ body: (DecisionStream) throws -> Result
) rethrows -> Result {
  let decisions = Decisions()
  defer { decisions.destroy() }
  let edits = values.enumerated().map { Recipe.Edit(number: UInt64($0) + 1, value: $1) }
  decisions.begin(Recipe(seed: 1, edits: edits))
  return try body(decisions.stream(.custom("test")))
}
