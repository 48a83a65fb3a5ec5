//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolAssertions
package import MoonpoolRuntime
internal import MoonpoolSim

/// What a campaign knows at a place in its series. It can go on from there, in another process of
/// the same executable, as if nothing had happened.
public struct CampaignCheckpoint: Sendable, Codable {
  /// A run that passed and will be run a second time, with what the first one was.
  struct Sample: Sendable, Codable {
    var index: UInt64
    var recipe: Recipe
    var virtualTime: Duration
    var decisionCount: UInt64
    var jobCount: UInt64
    var fingerprint: UInt64
  }

  /// The scenario's name.
  public let scenario: String
  /// Which seeds the campaign runs.
  public let seeds: SeedPlan
  /// When it ends before the last of them.
  public let stop: StopRule
  /// How many of the first seeds that pass are run again.
  public let recheckedSeeds: Int
  /// What became of recipes that had failed in earlier campaigns, if any were run again.
  public var regressions: RegressionReport?

  /// How many seeds have been run: the place in the series at which the campaign goes on.
  public var seedCount: UInt64 = 0
  /// How many of them passed.
  public var passedCount: UInt64 = 0
  /// Failures by kind, in the order in which the kinds were met.
  public var failures: [FailureGroup] = []
  /// Virtual time of the runs together.
  public var virtualTime = Duration.zero
  /// Real time that has been spent.
  public var wallTime = Duration.zero
  /// Why there are no more seeds to be run; nil: there are.
  public var stopReason: StopReason?
  package var unrepeatable: [Recipe] = []
  package var assertions: [AssertionRecord] = []
  package var faults: [FaultCount] = []
  var quietSeeds = 0
  var samples: [Sample] = []

  /// The beginning of a campaign.
  public init(beginningOf campaign: Campaign) {
    scenario = campaign.scenario.name
    seeds = campaign.seeds
    stop = campaign.stop
    recheckedSeeds = campaign.recheckedSeeds
  }

  /// Whether it is one of this campaign.
  func belongs(to campaign: Campaign) -> Bool {
    // Plans may differ in form and not in what they say.
    scenario == campaign.scenario.name && seeds.text == campaign.seeds.text
      && stop == campaign.stop && recheckedSeeds == campaign.recheckedSeeds
  }
}

extension CampaignCheckpoint.Sample {
  init(_ outcome: SeedOutcome) {
    self.init(
      index: outcome.index, recipe: outcome.recipe, virtualTime: outcome.virtualTime,
      decisionCount: outcome.decisionCount, jobCount: outcome.jobCount,
      fingerprint: outcome.fingerprint)
  }

  /// What a second run is compared with.
  var outcome: SeedOutcome {
    SeedOutcome(
      index: index, recipe: recipe, virtualTime: virtualTime, decisionCount: decisionCount,
      jobCount: jobCount, fingerprint: fingerprint, wallTime: .zero, failure: nil, faults: [],
      counts: RunCounts())
  }
}

/// When it is time to save what a campaign knows.
struct CheckpointPace {
  /// The least time between two.
  let interval: Duration
  /// Saving takes at most one part of so many of the campaign's time.
  private static let share = 20

  private var next: ContinuousClock.Instant
  private var savedCount: UInt64

  init(_ interval: Duration, seedCount: UInt64) {
    self.interval = interval
    next = .now + interval
    savedCount = seedCount
  }

  /// Calls the closure if it is time, and there is something new.
  mutating func saveIfDue(_ seedCount: UInt64, _ save: () -> Void) {
    let began = ContinuousClock.now
    guard seedCount != savedCount, began >= next else { return }
    save()
    savedCount = seedCount
    let end = ContinuousClock.now
    next = end + max(interval, (end - began) * (interval == .zero ? 0 : Self.share))
  }
}
