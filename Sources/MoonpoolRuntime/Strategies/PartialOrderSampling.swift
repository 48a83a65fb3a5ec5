//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Partial order sampling: a random priority for each job, drawn anew after a race.
///
/// Yuan, Yang and Gu, "Partial order aware concurrency sampling", CAV 2018, algorithm POS. A job
/// draws a priority when it becomes runnable, and the highest one runs. Then every job that is
/// still runnable and races with the one that ran draws again, so that the order of independent
/// jobs does not bias the order of dependent ones.
///
/// Two jobs race here when they are work of the same actor (``RunnableJob/sharesActor(with:)``).
/// Memory that several actors share by other means is not seen.
///
/// Costs one decision per job, another per race, and one scan of the runnable jobs per choice.
public struct PartialOrderSampling: SchedulingStrategy {
  /// The actor of the job that ran last: what its races are found by.
  private var lastResource: UInt = 0
  private var lastWasMain = false

  /// Makes the strategy.
  public init() {}

  /// Forgets the run before.
  public mutating func begin(_ context: StrategyContext) {
    lastResource = 0
    lastWasMain = false
  }

  /// The runnable job of the highest priority, after new ones and racing ones have drawn.
  public mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int {
    // A job that ran alone since the last choice left nobody behind to race with: all jobs that
    // are here now have come later, and have no priority yet.
    let (resource, main) = (lastResource, lastWasMain)
    var (best, bestKey): (Int, UInt64) = (0, 0)
    runnable.visit { job, index in
      var key = job.key
      let races = main ? job.isMain : resource != 0 && job.resource == resource && !job.isMain
      if key == 0 || races {
        key = decisions.decide(below: UInt64.max) + 1
        job.key = key
      }
      if key > bestKey { (best, bestKey) = (index, key) }
    }
    let chosen = runnable[best]
    lastResource = chosen.resource
    lastWasMain = chosen.isMain
    return best
  }

  /// `pos`.
  public var description: String { "pos" }
}
