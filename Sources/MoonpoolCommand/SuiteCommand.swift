//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import MoonpoolSim

/// What the executable is called with.
struct SuiteCommand: ParsableCommand {
  /// Exit codes, as in `sysexits.h`.
  static let usage: Int32 = 64
  static let unreadable: Int32 = 66
  static let unavailable: Int32 = 69
  static let cannotWrite: Int32 = 73
  static let historyUnusable: Int32 = 74
  static let interrupted: Int32 = 130

  static let configuration = CommandConfiguration(
    commandName: Suite.executable.split(separator: "/").last.map(String.init),
    abstract: "Runs simulations of distributed systems under many seeds.",
    discussion: """
      Exit codes: 0 all is well; 1 a seed failed, an assertion was missed, a run doesn't repeat, \
      or two runs differ; 64 the command line cannot be understood; 66 a file cannot be read; 69 \
      workers cannot be started; 73 a file cannot be written; 74 the history cannot be used, and \
      'history', --regressions or --resume need it; 130 interrupted, after a complete report of \
      what was run.
      """,
    subcommands: [
      ListCommand.self, RunCommand.self, ReplayCommand.self, TraceCommand.self, DiffCommand.self,
      MinimiseCommand.self, HistoryCommand.self, ReportCommand.self,
    ])
}

/// `list`.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the scenarios, one a line.")

  @Argument(help: ArgumentHelp("Only those whose name contains it.", valueName: "text"))
  var filter: [String] = []

  func run() throws {
    for scenario in try Suite.matching(filter) { print(scenario.name) }
  }
}
