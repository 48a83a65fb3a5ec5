//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// Tries recipes, and knows whether they fail in the one way that matters.
final class Trials {
  private let campaign: Campaign
  private let signature: FailureSignature
  /// How many runs there may be.
  let limit: Int
  /// How many there were.
  private(set) var count = 0
  /// Called after each; false: it is enough.
  private let progress: (Int) -> Bool
  private(set) var isInterrupted = false
  /// What is known of recipes. Only looked up.
  private var known: [Recipe: FailureDetails?] = [:]

  init(
    _ campaign: Campaign, _ signature: FailureSignature, limit: Int,
    progress: @escaping (Int) -> Bool
  ) {
    self.campaign = campaign
    self.signature = signature
    self.limit = limit
    self.progress = progress
  }

  /// Whether there may be no more.
  var isOver: Bool { isInterrupted || count >= limit }

  /// The first of some recipes that fails in the same way; nil: none does.
  func first(of recipes: [Recipe]) throws(RunnerError) -> (Recipe, FailureDetails)? {
    var unknown: [Recipe] = []
    for recipe in recipes {
      switch known[recipe] {
      case .some(.some(let details)):
        // Those before it come first, if any of them fails.
        return try run(unknown) ?? (recipe, details)
      case .some(.none): break
      case .none: unknown.append(recipe)
      }
    }
    return try run(unknown)
  }

  private func run(_ recipes: [Recipe]) throws(RunnerError) -> (Recipe, FailureDetails)? {
    let recipes = Array(recipes.prefix(max(0, limit - count)))
    guard !recipes.isEmpty, !isInterrupted else { return nil }
    var found: (Recipe, FailureDetails)?
    try campaign.runSeeds(SeedPlan(Seeds(recipes))) { outcome in
      count += 1
      let failure = outcome.failure.flatMap { $0.signature == signature ? $0 : nil }
      known[outcome.recipe] = .some(failure)
      if let failure { found = (outcome.recipe, failure) }
      if !progress(count) { isInterrupted = true }
      return found == nil && !isInterrupted
    }
    return found
  }
}
