//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import MoonpoolRunner
internal import MoonpoolRuntime
internal import MoonpoolSim

/// `diff`.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Says where two runs part.",
    discussion: """
      Compares the events of two seeds, or those of a seed with what 'trace --format json' of \
      another version of the program has saved. Exits with 0 if they are the same, and with 1 if \
      not: then A is the first seed or the file, and B the other side.
      """)

  @Argument(help: ArgumentHelp("The scenario, by its name or a part of it.", valueName: "scenario"))
  var scenario: String

  @Argument(help: ArgumentHelp("A seed, or a recipe.", valueName: "recipe"))
  var recipe: String

  @Argument(help: ArgumentHelp("Another one, unless --against is given.", valueName: "recipe-b"))
  var other: String?

  @Option(
    help: ArgumentHelp("A file that 'trace --format json' has written.", valueName: "file"))
  var against: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many events are shown before the difference, and after it of each side.",
      valueName: "count"))
  var context = 5

  @Flag(help: "Compare what happened, not when, nor after how many decisions.")
  var ignoreTimes = false

  @Flag(help: "Compare only log lines, typed events, faults, beginnings and ends.")
  var timelineOnly = false

  func run() throws {
    let scenario = try Suite.one(scenario)
    let recipe = try Suite.recipe(recipe)
    guard context >= 1 else { throw Refusal("--context: at least 1, not \(context)") }
    let comparison =
      switch (other, against) {
      case (let other?, nil): try compare(scenario, recipe, Suite.recipe(other))
      case (nil, let file?): try compare(scenario, recipe, against: file)
      case (nil, nil): throw Refusal("name a second recipe, or a file with --against")
      case (_?, _?): throw Refusal("--against takes the place of a second recipe; leave one out")
      }
    print(comparison.text(context: context), terminator: "")
    if !comparison.isEqual { throw ExitCode(1) }
  }

  private func compare(
    _ scenario: Scenario, _ one: Recipe, _ other: Recipe
  ) throws -> TraceComparison {
    let first = try recorded(scenario, one)
    let second = try recorded(scenario, other)
    var comparison = try compared(first.trace, second.trace)
    if let log = second.decisions, let before = first.decisions {
      comparison.divergence = log.firstDifference(from: before)
    }
    return comparison
  }

  private func compare(
    _ scenario: Scenario, _ recipe: Recipe, against file: String
  ) throws -> TraceComparison {
    let saved: MergedTrace
    do throws(ReportFileError) {
      saved = try MergedTrace(contentsOf: file)
    } catch {
      throw Refusal("\(error)", exitCode: SuiteCommand.unreadable)
    }
    guard saved.isComplete else {
      throw Refusal(
        "'\(file)' has only some of its run's events; save it again without filters",
        exitCode: SuiteCommand.unreadable)
    }
    guard saved.scenario == scenario.name, saved.recipe == recipe else {
      let other = "'\(saved.scenario)' under '\(saved.recipe)'"
      throw Refusal("'\(file)' is a run of \(other); name that one")
    }
    return try compared(saved, recorded(scenario, recipe).trace)
  }

  private func recorded(
    _ scenario: Scenario, _ recipe: Recipe
  ) throws -> (trace: MergedTrace, decisions: DecisionLog?) {
    try Refusal.forUse { () throws(ReportFileError) in
      try MergedTrace.recorded(scenario, recipe, decisions: against == nil)
    }
  }

  private func compared(_ one: MergedTrace, _ other: MergedTrace) throws -> TraceComparison {
    let filter = EventFilter(timelineOnly: timelineOnly)
    return try Refusal.forUse { () throws(ReportFileError) in
      TraceComparison(
        try filter.apply(to: one), try filter.apply(to: other), ignoresTimes: ignoreTimes)
    }
  }
}
