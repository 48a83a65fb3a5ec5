//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import Foundation
internal import MoonpoolHistory

/// `history`.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Shows how scenarios went from commit to commit.",
    discussion: """
      A commit with a '+' had changes. Campaigns of debug and release builds are told apart: seeds \
      mean different things in them.
      """)

  @Argument(help: ArgumentHelp("Scenarios whose name contains it; all.", valueName: "text"))
  var filter: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many commits, and kinds of failures, at most.", valueName: "count"))
  var limit = 20

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The database, instead of .moonpool/history.sqlite in the package.", valueName: "file"))
  var history: String?

  func run() throws {
    guard limit > 0 else { throw Refusal("--limit: at least 1, not \(limit)") }
    guard let file = history ?? HistoryFile.standard() else {
      throw Refusal("\(HistoryFile.variable) is 'off'; give a file with --history")
    }
    var trends: [HistoryTrends] = []
    if FileManager.default.fileExists(atPath: file) {
      let history = try CampaignHistory(file: file)
      // Also scenarios that this executable doesn't have any more.
      let names = try history.scenarios().filter { name in
        filter.isEmpty || filter.contains { name.contains($0) }
      }
      for name in names { trends.append(try history.trends(of: name, limit: limit)) }
    }
    if json {
      print(HistoryTrends.json(trends))
    } else if trends.isEmpty {
      print("there are no such campaigns in \(file) yet; 'run' keeps them there")
    } else {
      for scenario in trends { print(scenario.text, terminator: "") }
    }
  }
}
