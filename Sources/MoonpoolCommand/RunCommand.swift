//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import Glibc
internal import MoonpoolHistory
internal import MoonpoolRunner
internal import MoonpoolRuntime
internal import MoonpoolSim

/// `run`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs scenarios under many seeds, in parallel.",
    discussion: """
      Without --seeds, runs 1,000 seeds of each scenario. A report follows each; progress goes to \
      the standard error if that is a terminal. Ctrl-C ends a campaign with its report, and \
      --resume goes on with it, or with one whose process was killed.
      """)

  @Argument(help: ArgumentHelp("Scenarios whose name contains it; all.", valueName: "text"))
  var filter: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many seeds, from 1; or which: 7..<100, 5...9, 3,8839214571, recipes.",
      valueName: "seeds"))
  var seeds: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seeds that follow from this one, instead of 1, 2, 3, ….", valueName: "seed")
  )
  var base: String?

  @OptionGroup var workers: WorkerOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after so many failures.", valueName: "count"))
  var failures: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after so many seconds of real time.", valueName: "seconds"))
  var seconds: Double?

  @Flag(help: "End once every assertion that asks for something to be seen has seen it.")
  var untilAllSeen = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End once all was seen, and then nothing new in so many seeds in a row.",
      valueName: "count"))
  var untilQuiet: Int?

  @OptionGroup(title: "Reports")
  var reports: ReportOptions

  @Flag(help: "Before the seeds, run every recipe that ever failed in this kind of build.")
  var regressions = false

  @Flag(help: "Go on with the last campaign that has not come to its end.")
  var resume = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often it is saved where the campaign could go on, in seconds of real time.",
      valueName: "seconds"))
  var saveSeconds = 2.0

  @OptionGroup var historyOptions: HistoryOptions

  func run() throws {
    let scenarios = try Suite.matching(filter)
    if resume { try refuseOtherPlans() }
    let plan = try plan()
    let rule = try stopRule()
    let workers = try workers.count()
    try reports.check()
    var page = try reports.page()
    guard 0...1e6 ~= saveSeconds else {
      throw Refusal("--save-seconds: 0 or more, not \(saveSeconds)")
    }
    let keeper = try HistoryKeeper(
      historyOptions, neededBy: resume ? "--resume" : regressions ? "--regressions" : nil)
    let interrupt = Interrupt()
    var done = CampaignReports([])
    for scenario in scenarios {
      let unfinished = resume ? try keeper.resume(scenario.name) : nil
      if resume, unfinished == nil { continue }
      let known = unfinished?.checkpoint
      var campaign = Campaign(
        scenario, seeds: known?.seeds ?? plan, stop: known?.stop ?? rule, workers: workers)
      campaign.recheckedSeeds = known?.recheckedSeeds ?? campaign.recheckedSeeds
      campaign.checkpointInterval = .seconds(saveSeconds)
      let report = try run(campaign, unfinished, keeper, interrupt)
      print(report.text(Terminal.style))
      print(report.commands(Suite.executable), terminator: "")
      print(reports.annotations(report), terminator: "")
      // Whatever becomes of the history, the report has been said.
      fflush(nil)
      keeper.finish(report)
      done.campaigns.append(report)
      try reports.write(done)
      try page?.add(report, of: scenario)
      if report.stopReason == .interrupted {
        try page?.finish()
        throw ExitCode(SuiteCommand.interrupted)
      }
    }
    if resume, done.campaigns.isEmpty {
      let names = scenarios.map { "'\($0.name)'" }.joined(separator: ", ")
      throw Refusal("--resume: no campaign of \(names) is unfinished; leave it out to begin one")
    }
    try page?.finish()
    if !done.passed { throw ExitCode(1) }
  }

  private func run(
    _ campaign: Campaign, _ unfinished: UnfinishedCampaign?, _ keeper: HistoryKeeper,
    _ interrupt: Interrupt
  ) throws -> CampaignReport {
    var start = unfinished?.checkpoint ?? CampaignCheckpoint(beginningOf: campaign)
    if unfinished == nil { try keeper.begin(start, wantsRegressions: regressions) }
    if unfinished?.wantsRegressions ?? regressions {
      var outcomes: [SeedOutcome] = []
      let recipes = try keeper.recipesThatFailed(in: campaign.scenario.name)
      let report = try campaign.rerun(recipes) { outcome in
        outcomes.append(outcome)
      } progress: {
        !interrupt.isWanted
      }
      keeper.save(regressions: outcomes, of: campaign.scenario.name)
      guard let report else { return CampaignReport(interrupted: campaign.scenario.name) }
      start.regressions = report
      keeper.save(start)
    }
    var progress = ProgressLine(count: campaign.seeds.count, from: start.seedCount)
    defer { progress.clear() }
    return try campaign.run(resuming: start) { report in
      progress.show(report)
      return !interrupt.isWanted
    } checkpoint: {
      keeper.save($0)
    }
  }

  // MARK: Options

  /// A campaign that is resumed has its plan and its rules.
  private func refuseOtherPlans() throws {
    let given: [(option: String, isGiven: Bool)] = [
      ("--seeds", seeds != nil), ("--base", base != nil), ("--failures", failures != nil),
      ("--seconds", seconds != nil), ("--until-all-seen", untilAllSeen),
      ("--until-quiet", untilQuiet != nil), ("--regressions", regressions),
    ]
    if let other = given.first(where: \.isGiven) {
      throw Refusal("--resume goes on with the campaign's own plan; leave out \(other.option)")
    }
  }

  private func plan() throws -> SeedPlan {
    let count = seeds.map { UInt64($0) } ?? 1_000
    if let base {
      guard let base = try? Seeds(parsing: base), base.count == 1,
        let seed = base.first(where: { _ in true })?.seed
      else { throw Refusal("--base: '\(base)' is no seed") }
      guard let count else { throw Refusal("--base wants --seeds to be a count") }
      return SeedPlan(base: seed, count: count)
    }
    if let count {
      guard count > 0 else { throw Refusal("--seeds: 0 seeds find nothing") }
      return SeedPlan(Seeds(1...count))
    }
    do { return SeedPlan(try Seeds(parsing: seeds ?? "")) } catch {
      throw Refusal("--seeds: \(error)")
    }
  }

  private func stopRule() throws -> StopRule {
    if let failures, failures < 1 { throw Refusal("--failures: at least 1, not \(failures)") }
    if let seconds, !(seconds > 0 && seconds < 1e9) {
      throw Refusal("--seconds: a positive number, not \(seconds)")
    }
    if let untilQuiet, untilQuiet < 1 {
      throw Refusal("--until-quiet: at least 1, not \(untilQuiet)")
    }
    return StopRule(
      wallTime: seconds.map { .seconds($0) }, failures: failures, whenAllSeen: untilAllSeen,
      quietSeeds: untilQuiet)
  }
}
