//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import MoonpoolRunner

/// `report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Shows reports that 'run --json' has saved.",
    discussion: """
      Exits with 0 if it can be shown, also if a campaign in it has failed.
      """)

  @Argument(help: ArgumentHelp("What 'run --json' has written.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("How it is shown."))
  var format = ReportFormat.text

  func run() throws {
    do throws(ReportFileError) {
      let reports = try CampaignReports(contentsOf: file)
      print(format.render(reports, style: Terminal.style), terminator: "")
    } catch {
      throw Refusal("\(error)", exitCode: SuiteCommand.unreadable)
    }
  }
}
