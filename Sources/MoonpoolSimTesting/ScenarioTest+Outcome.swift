//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRunner
internal import MoonpoolTesting
package import Testing

extension ScenarioTest {
  /// What a campaign has found, as a test is told it.
  package struct Outcome: Sendable {
    /// What it has found.
    package let report: CampaignReport
    /// What the test fails for.
    package let problems: [Problem]
    /// What helps to understand that.
    package let artifacts: [Artifact]

    init(_ report: CampaignReport, of test: ScenarioTest, isReplay: Bool) {
      self.report = report
      problems = test.problems(report, isReplay: isReplay)
      artifacts = problems.isEmpty ? [] : test.artifacts(report)
    }

    /// Tells the current test.
    package func record() {
      for problem in problems {
        Issue.record(Comment(rawValue: problem.text), sourceLocation: problem.location)
      }
      for artifact in artifacts { Attachment.record(artifact.text, named: artifact.name) }
    }
  }

  /// An issue, before it is recorded.
  package struct Problem: Sendable, Hashable {
    /// What it says, line by line.
    package var text: String
    /// Where it is.
    package var location: SourceLocation
  }

  /// A text file for people who look into a failure.
  package struct Artifact: Sendable, Hashable {
    /// The file's name.
    package var name: String
    /// What is in it.
    package var text: String
  }

  /// What keeps a campaign from being green, as far as the test asks for it.
  private func problems(_ report: CampaignReport, isReplay: Bool) -> [Problem] {
    var places = SourcePlaces(besides: location)
    return report.findings("").filter { isMeant($0, report, isReplay) }.map { finding in
      var lines = [finding.message] + finding.details
      if let place = finding.place, finding.recipe == nil {
        let seeds = report.seedCount == 1 ? "one seed" : "\(report.seedCount.grouped) seeds"
        lines.append("  at \(place), in \(seeds)")
      }
      lines = lines.map(\.withoutControls)
      if let recipe = finding.recipe {
        lines.append("replay: \(replayCommand(recipe, test: name))")
      }
      return Problem(
        text: lines.joined(separator: "\n"), location: places.location(of: finding.place))
    }
  }

  private func isMeant(_ finding: Finding, _ report: CampaignReport, _ isReplay: Bool) -> Bool {
    switch finding.type {
    // The seeds in which it was false have failed.
    case "failed": report.failures.isEmpty
    // Who runs few seeds cannot have seen everything.
    case "missed":
      requiresAll && !isReplay && ![.failures, .interrupted].contains(report.stopReason)
    default: true
    }
  }
}
