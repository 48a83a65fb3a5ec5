//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import ArgumentParser
import Foundation
import MoonpoolRunner
import MoonpoolRuntime
package import MoonpoolSim

/// The options of `simulate`.
package struct SimulateOptions: ParsableArguments {
  package static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Runs server and clients as a simulation, under chaos.",
    discussion: "Exits with 1 if a seed fails; --replay runs that seed again.")

  @Option(help: "How many seeds.")
  package var seeds: UInt64 = 100

  @Option(help: ArgumentHelp("Run one seed and print its timeline.", valueName: "recipe"))
  package var replay: String?

  package init() {}

  package func validate() throws {
    guard seeds >= 1 else { throw ValidationError("--seeds: 0 seeds find nothing") }
    do { _ = try recipe } catch { throw ValidationError("--replay: \(error)") }
  }

  private var recipe: Recipe? { get throws { try replay.map { try Recipe(parsing: $0) } } }

  /// Runs it, and prints what came of it.
  ///
  /// - Throws: `ExitCode` 1, if a seed fails; ``RunnerError``
  package func run(_ scenario: Scenario) throws {
    if let recipe = try recipe {
      let report = scenario.run(recipe)
      for event in report.timeline { print("\(event)") }
      print(report.line)
      if !report.passed { throw ExitCode(1) }
      return
    }
    let processors = ProcessInfo.processInfo.activeProcessorCount
    let campaign = Campaign(scenario, seeds: SeedPlan(Seeds(1...seeds)), workers: processors)
    let report = try campaign.run()
    print(report.text(.plain))
    for failure in report.failures { print("  replay: simulate --replay '\(failure.first)'") }
    if !report.passed { throw ExitCode(1) }
  }
}

/// Carries out the command line of a service; or runs seeds, in a process that a campaign has
/// started.
package func runService<Command: ParsableCommand>(_ command: Command.Type, _ scenario: Scenario) {
  CampaignWorker.serve([scenario])
  command.main(nil)
}
