//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import Glibc
internal import MoonpoolRunner
internal import MoonpoolRuntime
internal import MoonpoolSim

/// `run`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs scenarios under many seeds, in parallel.",
    discussion: """
      Without --seeds, runs 1,000 seeds of each scenario. A report follows each; progress goes to \
      the standard error if that is a terminal. Ctrl-C ends a campaign with its report.
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

  func run() throws {
    let scenarios = try Suite.matching(filter)
    let plan = try plan()
    let rule = try stopRule()
    let workers = try workers.count()
    try reports.check()
    var page = try reports.page()
    let interrupt = Interrupt()
    var done = CampaignReports([])
    for scenario in scenarios {
      let campaign = Campaign(scenario, seeds: plan, stop: rule, workers: workers)
      var progress = ProgressLine(count: plan.count)
      let report = try campaign.run { report in
        progress.show(report)
        return !interrupt.isWanted
      }
      progress.clear()
      print(report.text(Terminal.style))
      print(report.commands(Suite.executable), terminator: "")
      print(reports.annotations(report), terminator: "")
      fflush(nil)
      done.campaigns.append(report)
      try reports.write(done)
      try page?.add(report, of: scenario)
      if report.stopReason == .interrupted {
        try page?.finish()
        throw ExitCode(SuiteCommand.interrupted)
      }
    }
    try page?.finish()
    if !done.passed { throw ExitCode(1) }
  }

  // MARK: Options

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
