//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRunner
internal import MoonpoolRuntime
internal import MoonpoolSim
internal import MoonpoolTesting

extension ScenarioTest {
  /// How many kinds of failures get files of their own.
  private static let mostKinds = 5
  /// How many events of a run are in its timeline, and how many bytes that has at most.
  private static let mostEvents = 20_000
  private static let mostBytes = 4 << 20
  /// What a page draws at most: some megabytes, should each event have much to say.
  private static let drawn = SpaceTime.Limits(messages: 10_000, events: 5_000)

  /// The files that show what a campaign has found.
  func artifacts(_ report: CampaignReport) -> [Artifact] {
    let seeds = report.failures.prefix(Self.mostKinds).flatMap { artifacts(of: $0) }
    return seeds + [
      Artifact(name: "\(fileName).report.txt", text: Self.beginning(of: report.text))
    ]
  }

  private func artifacts(of group: FailureGroup) -> [Artifact] {
    let recipe = group.first
    let name = "\(fileName)-seed-\(recipe.seed)"
    let command = replayCommand(recipe, test: self.name)
    // Files of seeds may have comments: this is one, for whoever has it read.
    var artifacts = [
      Artifact(
        name: "\(name).recipe.txt",
        text: "# \(scenario.name.inOneLine)\n# \(command)\n\(recipe)\n"),
      Artifact(
        name: "\(name).report.txt",
        text: Self.beginning(of: "\(group.text)replay: \(command)\n")),
    ]
    if let trace = try? MergedTrace(of: scenario, recipe) {
      artifacts.append(Artifact(name: "\(name).timeline.txt", text: Self.timeline(trace)))
    }
    var recorded = scenario
    recorded.spaceTime = Self.drawn
    if let run = recorded.run(recipe).spaceTime {
      var page = HTMLReport(runs: [run])
      page.replayCommand = command
      artifacts.append(Artifact(name: "\(name).html", text: page.text))
    }
    return artifacts
  }

  /// The scenario's name, as a file may be called.
  private var fileName: String {
    let words = scenario.name.split { !$0.isLetter && !$0.isNumber }
    let name = words.joined(separator: "-").prefix(40)
    return name.isEmpty ? "scenario" : String(name)
  }

  // MARK: No file without bounds

  private static func beginning(of text: String) -> String {
    if text.utf8.count <= mostBytes { return text }
    return String(decoding: text.utf8.prefix(mostBytes), as: UTF8.self) + "\n… and more\n"
  }

  /// The last events: what leads to a failure is at the end.
  private static func timeline(_ trace: MergedTrace) -> String {
    var trace = trace
    let count = trace.events.count
    trace.events = trace.events.suffix(mostEvents)
    var text = trace.text
    let isWhole = count <= mostEvents && text.utf8.count <= mostBytes
    if text.utf8.count > mostBytes {
      let end = text.utf8.suffix(mostBytes)
      text = String(decoding: end.drop { $0 != UInt8(ascii: "\n") }.dropFirst(), as: UTF8.self)
    }
    return isWhole ? text : "… the first of \(UInt64(count).grouped) events are left out\n" + text
  }
}
