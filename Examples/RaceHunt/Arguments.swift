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
    commandName: "race-hunt",
    abstract: "Finds the races of the example catalogue, live.",
    discussion: """
      Without options, hunts every race with every strategy and shows the order that breaks it \
      beside one that does not.

      Exit codes: 0 all as promised (the race was found, the fixed twin survived, the replayed run \
      passed); 1 not so; 64 the command line cannot be understood; 66 the seed list cannot be read.
      """
  )

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only this race; may be repeated.", valueName: "name"))
  var example: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Run one seed.", valueName: "seed"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Run one recipe, such as '7: 151@8837201; #17=2'.", valueName: "recipe"))
  var recipe: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "SeedRanges to hunt in: a count, or a range such as 100..<300 (default: 200).",
      valueName: "seeds"))
  var seeds: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Hunt in the seeds of a file, one a line; # comments.", valueName: "file"))
  var seedList: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "portfolio, uniform, fifo, pct, pct:<change points>, or pos; may be repeated.",
      valueName: "name"))
  var strategy: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Virtual seconds that a run may take.", valueName: "seconds"))
  var timeLimit: String?

  @Flag(help: "Hunt in the fixed twin, which should survive.")
  var fixed = false

  @Flag(help: "Print the trace of the run that is shown.")
  var trace = false

  @Flag(help: "Print one JSON object per race.")
  var json = false

  @Flag(help: "List the races and end.")
  var list = false
}
