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

/// `minimise`.
struct MinimiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "minimise",
    abstract: "Removes what a failing run can do without, and tells what is left.",
    discussion: """
      Tries to leave out faults, processes and clients, operations of workloads that ask for them, \
      and chance, as long as the run still fails in the same way. The result is a recipe for \
      'replay', and a short story.
      """)

  @Argument(help: ArgumentHelp("The scenario, by its name or a part of it.", valueName: "scenario"))
  var scenario: String

  @Argument(help: ArgumentHelp("A seed, or a recipe: '7: 151@8837201'.", valueName: "recipe"))
  var recipe: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many runs it may try.", valueName: "count"))
  var runs = 300

  @OptionGroup var workers: WorkerOptions

  func run() throws {
    let scenario = try Suite.one(scenario)
    guard runs >= 1 else { throw Refusal("--runs: at least 1, not \(runs)") }
    var minimiser = Minimiser(scenario, try Suite.recipe(recipe))
    minimiser.runLimit = runs
    minimiser.workers = try workers.count()
    let interrupt = Interrupt()
    let result = try minimiser.run { _ in !interrupt.isWanted }
    guard let result else {
      throw Refusal("'\(scenario.name)' passes under \(recipe); there is nothing to minimise")
    }
    print(result.story)
    let replay = Shell.command(Suite.executable, "replay", scenario.name, "\(result.recipe)")
    print("  replay: \(replay)")
    if interrupt.isWanted { throw ExitCode(SuiteCommand.interrupted) }
  }
}
