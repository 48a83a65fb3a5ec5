//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import MoonpoolRunner

/// How reports can be written.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
  case junit
  case github
  case html

  /// The reports in this format.
  func render(_ reports: CampaignReports, style: TextStyle = .plain) -> String {
    switch self {
    case .text:
      reports.campaigns.map { report in
        report.text(style) + report.commands(Suite.executable)
      }.joined(separator: "\n")
    case .json: reports.json
    case .junit: reports.junit(executable: Suite.executable)
    case .html:
      HTMLReport(
        campaigns: reports.campaigns.map { HTMLReport.Section($0) }, executable: Suite.executable
      ).text
    case .github:
      reports.annotations(executable: Suite.executable, sources: GitHub.sources)
    }
  }
}

/// What GitHub tells those who run in its workflows.
enum GitHub {
  /// Whether this process does.
  static var isHere: Bool { Terminal.environment("GITHUB_ACTIONS") == "true" }

  /// The sources below the working folder, by their paths in the repository.
  static var sources: SourceTree {
    guard let folder = WorkingFolder.path else { return SourceTree(".") }
    let root = Terminal.environment("GITHUB_WORKSPACE") ?? ""
    guard !root.isEmpty, folder.hasPrefix(root + "/") else { return SourceTree(".") }
    return SourceTree(".", prefix: folder.dropFirst(root.count + 1) + "/")
  }
}
