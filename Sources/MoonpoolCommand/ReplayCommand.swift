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

/// `replay`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Runs one seed in this process, for a closer look.")

  @Argument(help: ArgumentHelp("The scenario, by its name or a part of it.", valueName: "scenario"))
  var scenario: String

  @Argument(help: ArgumentHelp("A seed, or a recipe: '7: 151@8837201'.", valueName: "recipe"))
  var recipe: String

  @Flag(help: "Print the timeline.")
  var timeline = false

  @Flag(help: "Print the trace: every job, timer and event.")
  var trace = false

  @Option(
    help: ArgumentHelp(
      "Write a space-time diagram of the run, for a browser.", valueName: "file"))
  var html: String?

  func run() throws {
    var scenario = try Suite.one(scenario)
    let recipe = try Suite.recipe(recipe)
    if trace { scenario.options.trace = .full }
    let page = try html.map { try HTMLFile($0) }
    if page != nil { scenario = HTMLFile.recording(scenario) }
    let report = scenario.run(recipe)
    try page?.write(report.spaceTime)
    if timeline { for event in report.timeline { print("\(event)".withoutControls) } }
    if let trace = report.run.trace { print(trace.text, terminator: "") }
    let line = report.line.withoutControls
    print(report.passed ? Terminal.style.success(line) : Terminal.style.failure(line))
    for violation in report.run.violations {
      let place = violation.place.map { " (\($0))" } ?? ""
      let said = "\(violation)".withoutControls
      print("  \(said)\(place) on \(violation.node) at \(violation.time.secondsText)")
    }
    if !report.passed { throw ExitCode(1) }
  }
}
