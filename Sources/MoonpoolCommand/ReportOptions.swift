//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import Glibc
internal import MoonpoolRunner

/// Where `run` puts its reports beside the standard output.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the reports as JSON to a file.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write the reports as JUnit XML to a file.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp(
      "Write the reports to a file for a browser, with diagrams of failing seeds.",
      valueName: "file"))
  var html: String?

  @Flag(
    help: ArgumentHelp(
      "Print what is wrong as annotations of GitHub, too; by itself where GITHUB_ACTIONS is true."))
  var github = false

  private var files: [(format: ReportFormat, path: String)] {
    [(ReportFormat.json, json), (.junit, junit)].compactMap { format, path in
      path.map { (format, $0) }
    }
  }

  /// The page that grows with each campaign, if somebody wants one.
  func page() throws -> HTMLFile? { try html.map { try HTMLFile($0) } }

  /// Makes sure that all files can be written, before anybody works for them.
  func check() throws {
    let paths = files.map(\.path) + [html].compactMap(\.self)
    for (index, path) in paths.enumerated() where paths[..<index].contains(path) {
      throw Refusal("'\(path)' cannot have two reports; name another file for one of them")
    }
    for file in files {
      try Refusal.forFiles { () throws(ReportFileError) in try TextFile.check(file.path) }
    }
  }

  /// Writes what there is, and so again after each campaign: nothing that was found gets lost.
  func write(_ reports: CampaignReports) throws {
    for (format, path) in files {
      try Refusal.forFiles { () throws(ReportFileError) in
        try TextFile.write(format.render(reports), to: path)
      }
    }
  }

  /// What to print after a report.
  func annotations(_ report: CampaignReport) -> String {
    guard github || GitHub.isHere, !report.passed else { return "" }
    return ReportFormat.github.render(CampaignReports([report]))
  }
}

/// The folder that paths are relative to.
enum WorkingFolder {
  static var path: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
