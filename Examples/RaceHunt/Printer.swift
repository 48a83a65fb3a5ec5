//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import HuntSupport
import MoonpoolRuntime
import RaceCatalog

/// Prints what a hunt found, as text or as one JSON object per race.
struct Printer {
  let request: Request
  private let style = Style.forStandardOutput()

  init(request: Request) { self.request = request }

  /// What this build of the program cannot do; nothing in an ordinary one.
  func limitations(_ limitations: [String]) {
    if request.json { return }
    for limitation in limitations {
      print(style.dim(wrapped("note: " + limitation, width: 96, indent: "")))
    }
  }

  func list(_ race: Race) {
    if request.json { return print(JSON.line(ListedJSON(race))) }
    let width = Race.all.map(\.name.count).max() ?? 0
    print(style.title(padded(race.name, width)) + "  " + race.summary)
  }

  /// A hunt through one race: the finding, or what was survived.
  func hunted(_ race: Race, _ attempts: [Attempt], _ finding: Finding?) {
    if request.json {
      return print(JSON.line(HuntJSON(race, request.fixed, attempts, finding)))
    }
    heading(race)
    if let finding {
      failure(finding.failing, of: race)
      if !finding.isRepeatable {
        print(style.failure("  running the seed again gave something else: please report this"))
      }
      order(finding.failing, beside: finding.passing)
    }
    print("  " + (request.fixed ? survived(attempts) : needed(attempts)) + "\n")
  }

  /// One run that was asked for by seed or recipe.
  func replayed(_ told: Told, beside passing: Told?, of race: Race) {
    if request.json {
      return print(JSON.line(ReplayJSON(race, request.fixed, told, passing)))
    }
    heading(race)
    if told.report.passed {
      print(style.success(told.report.line))
      print("  " + facts(told))
    } else {
      failure(told, of: race)
    }
    order(told, beside: passing)
    print()
  }

  private func heading(_ race: Race) {
    print(style.title(race.name) + (request.fixed ? " (fixed)" : "") + " — " + race.summary)
    print(style.dim(wrapped(race.story, width: 96, indent: "  ")))
  }

  private func failure(_ told: Told, of race: Race) {
    print(style.failure(told.report.line))
    print("  " + facts(told))
    print("  replay: " + replayCommand(told, of: race))
  }

  private func order(_ told: Told, beside passing: Told?) {
    print()
    if let passing {
      print(Columns(passing: passing, failing: told).text(style))
    } else {
      let names = told.notes.map(\.task.count).max() ?? 0
      for note in told.notes { print("    " + Columns.line(note, names)) }
    }
    print()
    if request.trace, let trace = told.report.trace { print(trace.text) }
  }

  private func facts(_ told: Told) -> String {
    "strategy \(label(told)) · \(told.report.decisionCount) decisions"
      + " · \(told.report.jobCount) jobs"
  }

  /// The strategy with what it drew, and who asked for it.
  private func label(_ told: Told) -> String {
    told.strategy.name == Strategy.portfolio.name
      ? "\(told.report.strategy), from the portfolio" : told.report.strategy
  }

  private func replayCommand(_ told: Told, of race: Race) -> String {
    let recipe = told.report.recipe
    // The optimiser removes suspension points, so that a seed belongs to its build configuration.
    #if DEBUG
      var command = "swift run race-hunt --example \(race.name)"
    #else
      var command = "swift run -c release race-hunt --example \(race.name)"
    #endif
    command +=
      recipe.isPlainSeed ? " --seed \(recipe.seed)" : " --recipe '\(recipe)'"
    if told.strategy.name != Strategy.portfolio.name {
      command += " --strategy \(told.strategy.name)"
    }
    if request.fixed { command += " --fixed" }
    return command
  }

  private func needed(_ attempts: [Attempt]) -> String {
    "seeds needed: "
      + attempts.map { attempt in
        let count = grouped(attempt.seedCount)
        return attempt.strategy.name + (attempt.failure == nil ? " none in \(count)" : " \(count)")
      }.joined(separator: " · ")
  }

  private func survived(_ attempts: [Attempt]) -> String {
    "seeds survived: "
      + attempts.map { attempt in
        let count = grouped(attempt.seedCount - (attempt.failure == nil ? 0 : 1))
        return "\(attempt.strategy.name) \(count)" + (attempt.failure == nil ? "" : ", then FAILED")
      }.joined(separator: " · ")
  }
}
