//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
package import MoonpoolRuntime

/// One problem of a campaign, for formats that list them one by one.
package struct Finding {
  /// What kind of problem it is, in one word.
  package var type: String
  /// What tells it from others of its campaign, the same each time.
  package var title: String
  /// What happened, in one line if its author said it in one.
  package var message: String
  /// `Module/File.swift:12`, where there is such a place.
  package var place: String?
  /// More about it, line by line.
  package var details: [String] = []
  /// The command that shows it again.
  package var replay: String?
  /// What shows it again, where one run does.
  package var recipe: Recipe?
}

extension CampaignReport {
  /// All that keeps the campaign from being green, in the order of the text report.
  ///
  /// - Parameter executable: What commands begin with.
  package func findings(_ executable: String) -> [Finding] {
    var findings = allFailures.map { finding($0, executable) }
    findings += assertions.filter { $0.status != .passed }.map(\.finding)
    if !unrepeatable.isEmpty { findings.append(unrepeatableFinding(executable)) }
    if seedCount == 0 {
      findings.append(
        Finding(
          type: "empty", title: "seeds are run",
          message: "no seed was run, so nothing was tested"))
    }
    if stopReason == .interrupted {
      findings.append(
        Finding(
          type: "interrupted", title: "the campaign ends",
          message: "interrupted after \(seedCount.grouped) seeds; run it again"))
    }
    return findings
  }

  private func finding(_ group: FailureGroup, _ executable: String) -> Finding {
    let violated = group.details.violations.compactMap(\.place).first
    return Finding(
      type: group.signature.verdict, title: "\(group.signature)", message: group.line,
      place: violated ?? Self.place(in: group.details.summary),
      details: Array(group.lines(.plain).dropFirst()),
      replay: group.replayCommand(scenario, executable), recipe: group.first)
  }

  private func unrepeatableFinding(_ executable: String) -> Finding {
    let first = unrepeatable[0]
    let others = unrepeatable.count > 1 ? " and \(unrepeatable.count - 1) more" : ""
    return Finding(
      type: "unrepeatable", title: "a second run of a seed is the same",
      message: "not repeatable: seed=\(first)\(others); something doesn't follow the seed",
      details: unrepeatable.map { "seed=\($0)" },
      replay: Shell.command(executable, "replay", scenario, "\(first)"), recipe: first)
  }

  /// The first `Module/File.swift:12` in a text, such as the message of a trap.
  static func place(in text: String) -> String? {
    for word in text.split(whereSeparator: \.isWhitespace) {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 2, parts[0].hasSuffix(".swift"), parts[0].contains("/"),
        let line = Int(parts[1])
      else { continue }
      return "\(parts[0]):\(line)"
    }
    return nil
  }
}

extension FailureGroup {
  /// The command that runs the first seed again.
  package func replayCommand(_ scenario: String, _ executable: String) -> String {
    Shell.command(executable, "replay", scenario, "\(first)")
  }
}

extension CampaignReport {
  /// The commands that run each kind of failure again, and that make it smaller: a line for each.
  package func commands(_ executable: String) -> String {
    allFailures.map { group in
      let minimise = Shell.command(executable, "minimise", scenario, "\(group.first)")
      return "  replay:   \(group.replayCommand(scenario, executable))\n  minimise: \(minimise)\n"
    }.joined()
  }
}

extension AssertionRecord {
  fileprivate var finding: Finding {
    let word = status == .failed ? "failed" : "missed"
    let seen =
      runs == 0
      ? "it was never reached"
      : status == .failed
        ? "it was false \(fails.grouped) \(fails == 1 ? "time" : "times")"
        : "it never held in \(runs.grouped) \(runs == 1 ? "run" : "runs") that evaluated it"
    return Finding(
      type: word, title: "\(site)",
      message: "assertion \(word): \(site.kind) \"\(site.message)\": \(seen)",
      place: "\(site.file):\(site.line)")
  }
}
