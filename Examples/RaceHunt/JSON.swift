//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import RaceCatalog

/// What `--json` prints: one object a line, keys sorted.
enum JSON {
  static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}

/// A race as `--list --json` shows it.
struct ListedJSON: Encodable {
  let example: String
  let summary: String
  let story: String

  init(_ race: Race) {
    example = race.name
    summary = race.summary
    story = race.story
  }
}

/// One run and its story.
struct RunJSON: Encodable {
  let recipe: String
  let seed: UInt64
  let strategy: String
  let passed: Bool
  let failure: String?
  let decisions: UInt64
  let jobs: UInt64
  let virtualNanoseconds: UInt64
  let order: [Note]

  init(_ told: Told) {
    recipe = "\(told.report.recipe)"
    seed = told.report.seed
    strategy = told.strategy.name
    passed = told.report.passed
    failure = told.report.passed ? nil : told.report.line
    decisions = told.report.decisionCount
    jobs = told.report.jobCount
    virtualNanoseconds = UInt64(told.report.virtualTime / .nanoseconds(1))
    order = told.notes
  }
}

/// A hunt through one race.
struct HuntJSON: Encodable {
  struct StrategyJSON: Encodable {
    let strategy: String
    let seeds: UInt64
    let failingSeed: UInt64?
  }

  let example: String
  let fixed: Bool
  let strategies: [StrategyJSON]
  let failing: RunJSON?
  let passing: RunJSON?
  let repeatable: Bool?

  init(_ race: Race, _ fixed: Bool, _ attempts: [Attempt], _ finding: Finding?) {
    example = race.name
    self.fixed = fixed
    strategies = attempts.map {
      StrategyJSON(
        strategy: $0.strategy.name, seeds: $0.seedCount, failingSeed: $0.failure?.seed)
    }
    failing = finding.map { RunJSON($0.failing) }
    passing = finding?.passing.map { RunJSON($0) }
    repeatable = finding?.isRepeatable
  }
}

/// One run that was asked for.
struct ReplayJSON: Encodable {
  let example: String
  let fixed: Bool
  let run: RunJSON
  let passing: RunJSON?

  init(_ race: Race, _ fixed: Bool, _ told: Told, _ passing: Told?) {
    example = race.name
    self.fixed = fixed
    run = RunJSON(told)
    self.passing = passing.map { RunJSON($0) }
  }
}
