//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolAssertions
public import MoonpoolRuntime
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
  /// The least real time between two checkpoints, where somebody keeps them: by default 2 seconds.
  public var checkpointInterval = Duration.seconds(2)
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
  /// - Parameters:
  ///   - start: Where the same campaign goes on that was ended before its end.
  ///   - progress: Called after each outcome that is taken in, with what there is so far; false
  ///     ends the campaign as interrupted, with a complete report of what was run.
  ///   - keep: Called every ``checkpointInterval`` and after the last seed that was run, however
  ///     that came, with where the campaign could go on.
  /// - Throws: ``RunnerError``, if workers cannot be had, in a process that was started as one, or
  ///   if `start` is of another campaign.
  public func run(
    resuming start: CampaignCheckpoint? = nil,
    progress: (CampaignReport) -> Bool = { _ in true },
    checkpoint keep: ((CampaignCheckpoint) -> Void)? = nil
  ) throws(RunnerError) -> CampaignReport {
    if CampaignWorker.isRequested {
      // Not even without workers: it would be a campaign in each worker of a campaign.
      throw RunnerError(
        "a campaign's worker cannot start a campaign: call CampaignWorker.serve first of all")
    }
    let start = start ?? CampaignCheckpoint(beginningOf: self)
    guard start.belongs(to: self) else {
      throw RunnerError(
        "the checkpoint is of another campaign: resume it with its own seeds and rules")
    }
    if let place = scenario.covers.unknownPlace {
      throw RunnerError(
        "'\(scenario.name)' covers '\(place)', where no assertion was compiled in; name a "
          + "module, or a file as Module/File.swift")
    }
    var course = CampaignCourse(start, interval: checkpointInterval, keep: keep)
    if course.reason == nil {
      do throws(RunnerError) {
        try runSeeds(seeds, from: start.seedCount) { site, names in
          course.number(of: site, names: names)
        } each: { outcome in
          course.take(outcome, progress)
        } idle: {
          course.look(progress)
        }
      } catch {
        course.save()
        throw error
      }
      course.finish()
    }
    var report = course.report
    report.addUnreached(of: scenario)
    if report.stopReason != .interrupted { try recheck(&report, course.tally.samples) }
    report.wallTime = course.elapsed
    return report
  }

  /// Runs recipes that have failed before, as a campaign runs its seeds, and adds nothing up but
  /// their failures.
  ///
  /// - Parameters:
  ///   - each: Takes the outcomes, in the order of the recipes.
  ///   - progress: Called often; false ends it.
  /// - Returns: What became of them; nil if `progress` ended it.
  /// - Throws: ``RunnerError``, if workers cannot be had.
  public func rerun(
    _ recipes: [Recipe], each: (SeedOutcome) -> Void, progress: () -> Bool = { true }
  ) throws(RunnerError) -> RegressionReport? {
    var report = RegressionReport()
    try runSeeds(SeedPlan(Seeds(recipes))) { outcome in
      report.add(outcome)
      each(outcome)
      return progress()
    } idle: {
      progress()
    }
    return report.count == UInt64(recipes.count) ? report : nil
  }

  func runSeeds(
    _ plan: SeedPlan, from first: UInt64 = 0, number: SiteNumbering = { _, _ in 0 },
    each: (SeedOutcome) -> Bool, idle: () -> Bool = { true }
  ) throws(RunnerError) {
    if first >= plan.count { return }
    if let workers {
      guard workers >= 1 else {
        throw RunnerError("a campaign has at least 1 worker, not \(workers)")
      }
      let pool = try WorkerPool(
        executable, scenario.name, plan, from: first,
        count: min(workers, Int(clamping: plan.count - first)), limit: seedTimeLimit)
      try pool.run(number: number, each: each, idle: idle)
    } else {
      runHere(plan, from: first, number: number, each: each)
    }
  }

  private func runHere(
    _ plan: SeedPlan, from first: UInt64, number: SiteNumbering, each: (SeedOutcome) -> Bool
  ) {
    var numbers: [UInt32] = []
    let indices = sequence(first: first) { $0 + 1 }.lazy.prefix { $0 < plan.count }
    SeedRunner(scenario, plan).run(indices) { records in
      for record in records {
        switch record {
        case .site(_, let site, let names): numbers.append(number(site, names))
        case .outcome(var outcome):
          outcome.counts.renumber(numbers)
          return each(outcome)
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
      let isSame = try rerun(group.first).map(group.isRepeated) ?? false
      report.failures[index].details.isConfirmed = isSame
      if !isSame { report.unrepeatable.append(group.first) }
    }
    guard !samples.isEmpty else { return }
    // The other way round: what depends on the runs before it shows, too.
    let reversed = Array(samples.reversed())
    let plan = SeedPlan(Seeds(reversed.map(\.recipe)))
    try runSeeds(plan) { outcome in
      let first = reversed[Int(outcome.index)]
      if !outcome.isSame(as: first) { report.unrepeatable.append(first.recipe) }
      return true
    }
  }

  private func rerun(_ recipe: Recipe) throws(RunnerError) -> SeedOutcome? {
    var result: SeedOutcome?
    try runSeeds(SeedPlan(Seeds([recipe]))) { outcome in
      result = outcome
      return false
    }
    return result
  }
}
