//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime
public import MoonpoolSim

/// Makes a failure smaller: removes what goes wrong, what workloads do, who takes part, and what
/// chance decides, as long as the run still fails in the same way.
///
/// What is removed is said in the recipe, so that the result can be replayed, and made smaller
/// still by hand.
public struct Minimiser: Sendable {
  /// What is run.
  public var scenario: Scenario
  /// The run that fails.
  public var recipe: Recipe
  /// How many runs it may try, the first one included; at least 1.
  public var runLimit = 300
  /// How many processes try; nil: the calling one does. See ``Campaign/workers``.
  public var workers: Int?
  /// How much real time one run may take in a worker.
  public var seedTimeLimit = Duration.seconds(300)
  /// What workers are started from: by default this executable.
  public var executable = "/proc/self/exe"

  /// Makes a minimiser.
  public init(_ scenario: Scenario, _ recipe: Recipe) {
    self.scenario = scenario
    self.recipe = recipe
  }

  /// Tries until nothing can be removed any more, and blocks the calling thread until then.
  ///
  /// - Parameter progress: Called after each run with how many there were; false ends the search
  ///   with what it has so far.
  /// - Returns: nil, if the run doesn't fail.
  /// - Throws: ``RunnerError``, if workers cannot be had.
  public func run(
    progress: @escaping (Int) -> Bool = { _ in true }
  ) throws(RunnerError) -> MinimisedFailure? {
    guard runLimit >= 1 else {
      throw RunnerError("a minimiser needs at least 1 run, not \(runLimit)")
    }
    let campaign = Campaign(
      scenario, seeds: SeedPlan(Seeds([recipe])), workers: workers, seedTimeLimit: seedTimeLimit,
      recheckedSeeds: 0, executable: executable)
    var first: FailureDetails?
    // Selected, all faults take part, those of buggify are told, and nothing else is different.
    var complete = recipe
    if complete.selection(of: .faults) == nil { complete.select(Selection(.without, .faults)) }
    try campaign.runSeeds(SeedPlan(Seeds([complete]))) { outcome in
      first = outcome.failure
      return true
    }
    guard let first else { return nil }
    let trials = Trials(campaign, first.signature, limit: runLimit - 1, progress: progress)
    var search = Reduction(scenario, complete, first, trials)
    try search.run()
    return MinimisedFailure(
      original: recipe, recipe: search.recipe, details: search.details, before: first,
      runCount: trials.count + 1, isMinimal: !trials.isOver)
  }
}
