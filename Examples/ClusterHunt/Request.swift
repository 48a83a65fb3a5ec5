//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import HuntSupport
import MoonpoolSim

/// A checked command line: what to run, on what, and how to show it.
struct Request {
  enum Work {
    case list
    case replay(UInt64)
    /// Until the mistake shows, or, in a correct twin, all.
    case hunt(SeedRanges)
    /// All, twice each.
    case compare(SeedRanges)
  }

  var work: Work
  var examples: [ClusterExample]
  var fixed: Bool
  var timeline: Bool

  init(_ arguments: Arguments) throws(Refusal) {
    fixed = arguments.fixed
    timeline = arguments.timeline
    examples = try chosen(
      arguments.example, of: ClusterExample.all, called: "example", name: \.name)
    work = try Self.work(arguments)
  }

  /// What is run of an example.
  func scenario(of example: ClusterExample) -> Scenario {
    fixed ? example.correct : example.buggy
  }

  private static func work(_ arguments: Arguments) throws(Refusal) -> Work {
    try exclusive([
      "--seed": arguments.seed, "--seeds": arguments.seeds, "--seed-list": arguments.seedList,
    ])
    if arguments.list { return .list }
    if let text = arguments.seed {
      guard let seed = SeedRanges.seed(text) else {
        throw .usage("--seed: \(quoted(text)) is not a seed: \(SeedRanges.seedForm)")
      }
      return arguments.twice
        ? .compare(try SeedRanges(parsing: "\(seed)...\(seed)")) : .replay(seed)
    }
    let seeds =
      if let path = arguments.seedList {
        try SeedRanges(file: path)
      } else {
        try SeedRanges(parsing: arguments.seeds ?? "1...1000")
      }
    return arguments.twice ? .compare(seeds) : .hunt(seeds)
  }
}
