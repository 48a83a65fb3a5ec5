//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import HuntSupport
import MoonpoolRuntime
import RaceCatalog

/// A checked command line: what to run, on what, and how to show it.
struct Request {
  enum Work {
    case list
    case replay(Recipe)
    case hunt(SeedRanges)
  }

  var work: Work
  var races: [Race]
  var strategies: [Strategy]
  var timeLimit: Duration?
  var fixed: Bool
  var trace: Bool
  var json: Bool

  init(_ arguments: Arguments) throws(Refusal) {
    fixed = arguments.fixed
    trace = arguments.trace
    json = arguments.json
    races = try chosen(arguments.example, of: Race.all, called: "race", name: \.name)
    timeLimit = try Self.timeLimit(arguments.timeLimit)
    let strategies = try Self.strategies(named: arguments.strategy)
    work = try Self.work(arguments)
    switch work {
    case .hunt: self.strategies = strategies.isEmpty ? Strategy.all : strategies
    case .list, .replay: self.strategies = strategies.isEmpty ? [.portfolio] : strategies
    }
  }

  /// The options of a run under `strategy`.
  func options(_ strategy: Strategy, traced: Bool = false) -> SimulationOptions {
    var options = SimulationOptions()
    options.strategy = strategy.choice
    if let timeLimit { options.timeLimit = timeLimit }
    if traced { options.trace = .full }
    return options
  }

  private static func work(_ arguments: Arguments) throws(Refusal) -> Work {
    try exclusive([
      "--seed": arguments.seed, "--recipe": arguments.recipe, "--seeds": arguments.seeds,
      "--seed-list": arguments.seedList,
    ])
    if arguments.list { return .list }
    if let text = arguments.seed {
      guard let seed = SeedRanges.seed(text) else {
        throw .usage("--seed: \(quoted(text)) is not a seed: \(SeedRanges.seedForm)")
      }
      return .replay(Recipe(seed: seed))
    }
    if let text = arguments.recipe {
      do {
        return .replay(try Recipe(parsing: text))
      } catch {
        throw .usage("--recipe: \(error)")
      }
    }
    if let path = arguments.seedList { return .hunt(try SeedRanges(file: path)) }
    return .hunt(try SeedRanges(parsing: arguments.seeds ?? "200"))
  }

  private static func strategies(named names: [String]) throws(Refusal) -> [Strategy] {
    var strategies: [Strategy] = []
    for name in names {
      guard let strategy = Strategy(name) else {
        throw .usage(
          "--strategy: there is no strategy \(quoted(name)): choose from \(Strategy.names)")
      }
      if !strategies.contains(where: { $0.name == strategy.name }) { strategies.append(strategy) }
    }
    return strategies
  }

  private static func timeLimit(_ text: String?) throws(Refusal) -> Duration? {
    guard let text else { return nil }
    guard let seconds = Double(text), seconds > 0, seconds <= 1e9 else {
      throw .usage(
        "--time-limit: \(quoted(text)) is no time limit: expected virtual seconds above 0, to 1e9")
    }
    let limit = Duration.seconds(seconds)
    guard limit >= .nanoseconds(1) else {
      throw .usage("--time-limit: \(quoted(text)) is less than a nanosecond")
    }
    return limit
  }
}
