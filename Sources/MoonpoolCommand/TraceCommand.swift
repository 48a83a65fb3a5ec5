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

/// `trace`.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Runs one seed and shows all that happened, in order.",
    discussion: """
      Shows jobs, timers and events of the world together with log lines, typed events and faults. \
      Exits with 0 whatever the run's verdict is.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case perfetto
  }

  @Argument(help: ArgumentHelp("The scenario, by its name or a part of it.", valueName: "scenario"))
  var scenario: String

  @Argument(help: ArgumentHelp("A seed, or a recipe: '7: 151@8837201'.", valueName: "recipe"))
  var recipe: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only events of this process: server-0, or server-0.1 once it has been started again. May "
        + "be given more than once.", valueName: "name"))
  var process: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only events of this kind (Job, DataDelivery, log, fault, …), group (Network, …), or name "
        + "(network.clog, LeaderElected, …). May be given more than once.", valueName: "kind"))
  var kind: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Not before this virtual time: 1.5, or with a unit: 1.5s, 20ms, 3us, 17ns, 2min, 1h.",
      valueName: "time"))
  var from: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Not after this virtual time.", valueName: "time"))
  var to: String?

  @Flag(help: "Only what is on the timeline: log lines, typed events, faults, beginnings and ends.")
  var timelineOnly = false

  @Option(
    help: "How: lines of text; lines of JSON, for 'diff --against'; or for ui.perfetto.dev.")
  var format = Format.text

  @Option(help: ArgumentHelp("Write it to a file.", valueName: "file"))
  var output: String?

  func run() throws {
    let scenario = try Suite.one(scenario)
    let recipe = try Suite.recipe(recipe)
    let filter = EventFilter(
      processes: process, kinds: kind, from: try from.map { try Self.time($0, "--from") },
      to: try to.map { try Self.time($0, "--to") }, timelineOnly: timelineOnly)
    if let from = filter.from, let to = filter.to, from > to {
      throw Refusal("--from: \(from) is after --to, \(to); exchange them")
    }
    if let output {
      try Refusal.forFiles { () throws(ReportFileError) in try TextFile.check(output) }
    }
    let trace = try Refusal.forUse { () throws(ReportFileError) in
      try filter.apply(to: MergedTrace(of: scenario, recipe))
    }
    let text =
      switch format {
      case .text: trace.text
      case .json: trace.jsonLines
      case .perfetto: trace.perfetto
      }
    guard let output else { return print(text, terminator: "") }
    try Refusal.forFiles { () throws(ReportFileError) in try TextFile.write(text, to: output) }
  }

  private static func time(_ text: String, _ option: String) throws -> Duration {
    guard let time = VirtualTime.parse(text) else {
      throw Refusal("\(option): '\(text)' is no time; write 1.5, 20ms, 3us, 17ns, 2min or 1h")
    }
    return time
  }
}
