//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolAssertions
internal import MoonpoolRuntime
public import MoonpoolSim

/// A scenario under many seeds.
///
/// Each worker is a fresh process of the same executable with one simulation at a time: a seed that
/// kills its process, hangs or traps is an outcome of that seed, and the campaign goes on. Results
/// are taken in by their place in the series. So the report is the same for any number of workers,
/// but for times.
public struct Campaign: Sendable {
  /// What is run.
  public var scenario: Scenario
  /// Under which seeds.
  public var seeds: SeedPlan
  /// When it ends before the last of them.
  public var stop: StopRule
  /// How many processes run seeds, at least 1; nil: the calling process does, one after the other.
  ///
  /// The executable must call ``CampaignWorker/serve(_:)`` before anything else.
  public var workers: Int?
  /// How much real time one seed may take in a worker before its process is ended: by default 5
  /// minutes. Runs that hang in one job are found much earlier, by the simulation itself.
  public var seedTimeLimit: Duration
  /// How many of the first seeds that pass are run again, in a fresh process where there are
  /// workers, to see whether they repeat; failures are, in any case.
  public var recheckedSeeds: Int
  /// What workers are started from: by default this executable.
  public var executable: String

  /// Makes a campaign.
  public init(
    _ scenario: Scenario, seeds: SeedPlan, stop: StopRule = .never, workers: Int? = nil,
    seedTimeLimit: Duration = .seconds(300), recheckedSeeds: Int = 16,
    executable: String = "/proc/self/exe"
  ) {
    self.scenario = scenario
    self.seeds = seeds
    self.stop = stop
    self.workers = workers
    self.seedTimeLimit = seedTimeLimit
    self.recheckedSeeds = recheckedSeeds
    self.executable = executable
  }

  /// Runs the seeds, and blocks the calling thread until the end.
  ///
  /// - Parameter progress: Called after each outcome that is taken in, with what there is so far;
  ///   false ends the campaign as interrupted, with a complete report of what was run.
  /// - Throws: ``RunnerError``, if workers cannot be had, or in a process that was started as one.
  public func run(
    progress: (CampaignReport) -> Bool = { _ in true }
  ) throws(RunnerError) -> CampaignReport {
    if CampaignWorker.isRequested {
      // Not even without workers: it would be a campaign in each worker of a campaign.
      throw RunnerError(
        "a campaign's worker cannot start a campaign: call CampaignWorker.serve first of all")
    }
    let began = ContinuousClock.now
    var tally = CampaignTally(scenario: scenario.name, sampleCount: recheckedSeeds)
    var reason: StopReason?
    let suspects = try runSeeds(seeds) { outcome, records in
      tally.add(outcome, records)
      reason = tally.reasonToStop(stop, elapsed: ContinuousClock.now - began)
      if reason == nil, !progress(tally.report) { reason = .interrupted }
      return reason == nil
    } idle: {
      if let limit = stop.wallTime, ContinuousClock.now - began >= limit { reason = .wallTime }
      if reason == nil, !progress(tally.report) { reason = .interrupted }
      return reason == nil
    }
    var report = tally.finished(reason ?? .done, wallTime: ContinuousClock.now - began)
    // A process died in them, and didn't the second time.
    report.unrepeatable = suspects.filter { $0 < report.seedCount }.sorted()
      .map { seeds.recipe(at: $0) }
    if reason != .interrupted { try recheck(&report, tally.samples) }
    report.wallTime = ContinuousClock.now - began
    return report
  }

  /// Returns the places at which a process died once, and not again.
  @discardableResult
  func runSeeds(
    _ plan: SeedPlan, each: (SeedOutcome, [AssertionRecord]) -> Bool, idle: () -> Bool
  ) throws(RunnerError) -> [UInt64] {
    if let workers {
      guard workers >= 1 else {
        throw RunnerError("a campaign has at least 1 worker, not \(workers)")
      }
      let pool = try WorkerPool(
        executable, scenario.name, plan, count: min(workers, Int(clamping: plan.count)),
        limit: seedTimeLimit)
      try pool.run(each: each, idle: idle)
      return pool.suspects
    } else {
      runHere(plan, each: each)
      return []
    }
  }

  private func runHere(_ plan: SeedPlan, each: (SeedOutcome, [AssertionRecord]) -> Bool) {
    var sites: [(site: AssertionSite, names: [String])] = []
    let indices = sequence(first: UInt64(0)) { $0 + 1 }.lazy.prefix { $0 < plan.count }
    SeedRunner(scenario, plan).run(indices) { records in
      for record in records {
        switch record {
        case .site(_, let site, let names): sites.append((site, names))
        case .outcome(let outcome): return each(outcome, outcome.records(sites))
        case .finished: break
        }
      }
      return true
    }
  }

  // MARK: A second time

  /// Runs failures and samples again: what doesn't repeat says so.
  private func recheck(
    _ report: inout CampaignReport, _ samples: [SeedOutcome]
  ) throws(RunnerError) {
    for index in report.failures.indices where report.failures[index].signature.verdict != "died" {
      let group = report.failures[index]
      let again = try rerun(group.first)
      let isSame =
        again?.failure?.signature == group.signature && again?.virtualTime == group.firstTime
      report.failures[index].details.isConfirmed = isSame
      if !isSame { report.unrepeatable.append(group.first) }
    }
    guard !samples.isEmpty else { return }
    // The other way round: what depends on the runs before it shows, too.
    let reversed = Array(samples.reversed())
    let plan = SeedPlan(Seeds(reversed.map(\.recipe)))
    try runSeeds(plan) { outcome, _ in
      let first = reversed[Int(outcome.index)]
      if !outcome.isSame(as: first) { report.unrepeatable.append(first.recipe) }
      return true
    } idle: {
      true
    }
  }

  private func rerun(_ recipe: Recipe) throws(RunnerError) -> SeedOutcome? {
    var result: SeedOutcome?
    try runSeeds(SeedPlan(Seeds([recipe]))) { outcome, _ in
      result = outcome
      return false
    } idle: {
      true
    }
    return result
  }
}
