//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import MoonpoolHistory

/// Which history a command uses.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database of past campaigns, instead of .moonpool/history.sqlite in the package.",
      valueName: "file"))
  var history: String?

  @Flag(help: "Keep nothing of these campaigns.")
  var noHistory = false

  func validate() throws {
    if noHistory, history != nil {
      throw ValidationError("--history and --no-history exclude each other; leave out one")
    }
  }

  /// The file; nil if there is to be none.
  var file: String? {
    if noHistory { return nil }
    return history ?? HistoryFile.standard()
  }
}
