//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ArgumentParser

/// The command line as it was typed: all of it text, so that `Request` can refuse it in one line.
struct Arguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster-hunt",
    abstract: "Finds the mistakes of the example clusters, live.",
    discussion: """
      Without options, runs every cluster that has a mistake under one seed after the other until \
      it shows.

      Exit codes: 0 all as promised (the mistake was found, the correct twin survived, the \
      replayed run passed, both runs of each seed were the same); 1 not so; 64 the command line \
      cannot be understood; 66 the seed list cannot be read.
      """
  )

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only this example; may be repeated.", valueName: "name"))
  var example: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Run one seed.", valueName: "seed"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seeds to run: a count, or a range such as 100..<300 (default: 1...1000).",
      valueName: "seeds"))
  var seeds: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Run the seeds of a file, one a line; # comments.", valueName: "file"))
  var seedList: String?

  @Flag(help: "Run the correct twin, which should survive.")
  var fixed = false

  @Flag(help: "Run each seed twice, all of them, and compare what the runs did.")
  var twice = false

  @Flag(help: "Print the timeline of the run that is shown.")
  var timeline = false

  @Flag(help: "List the examples and end.")
  var list = false
}
