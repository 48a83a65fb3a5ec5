//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import HuntSupport
import MoonpoolRuntime
import RaceCatalog

/// Finds the races of the catalogue while you watch.
@main
enum RaceHunt {
  static func main() {
    let request = checked("race-hunt") { (arguments: Arguments) throws(Refusal) in
      try Request(arguments)
    }
    exit(perform(request) ? 0 : 1)
  }

  /// Carries the request out. Returns whether everything was as the catalogue promises.
  private static func perform(_ request: Request) -> Bool {
    let printer = Printer(request: request)
    printer.limitations(Simulation.limitations)
    var isAsPromised = true
    for race in request.races {
      let hunt = Hunt(race: race, request: request)
      switch request.work {
      case .list:
        printer.list(race)
      case .replay(let recipe):
        let told = hunt.tell(recipe, request.strategies[0])
        let passing = told.report.passed ? nil : hunt.neighbour(of: told)
        printer.replayed(told, beside: passing, of: race)
        isAsPromised = isAsPromised && told.report.passed
      case .hunt(let seeds):
        let attempts = request.strategies.map { hunt.attempt($0, seeds) }
        let quickest = attempts.filter { $0.failure != nil }.min { $0.seedCount < $1.seedCount }
        let finding = quickest.flatMap { attempt in
          attempt.failure.map { hunt.finding($0, attempt.strategy) }
        }
        printer.hunted(race, attempts, finding)
        isAsPromised = isAsPromised && (finding != nil) != request.fixed
      }
      fflush(nil)
    }
    return isAsPromised
  }
}
