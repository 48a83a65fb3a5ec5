//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import Foundation
import HuntSupport
import MoonpoolSim

/// Finds the mistakes of the example clusters while you watch.
@main
enum ClusterHunt {
  static func main() {
    let request = checked("cluster-hunt") { (arguments: Arguments) throws(Refusal) in
      try Request(arguments)
    }
    exit(perform(request) ? 0 : 1)
  }

  /// Carries the request out. Returns whether everything was as the catalogue promises.
  private static func perform(_ request: Request) -> Bool {
    let printer = Printer(request: request)
    var isAsPromised = true
    for example in request.examples {
      let hunt = Hunt(scenario: request.scenario(of: example))
      switch request.work {
      case .list:
        printer.list(example)
      case .replay(let seed):
        printer.heading(example)
        let report = hunt.scenario.run(seed: seed)
        printer.replayed(report, of: example)
        isAsPromised = isAsPromised && report.passed
      case .hunt(let seeds):
        printer.heading(example)
        let outcome = hunt.run(seeds, untilFailure: !request.fixed)
        printer.hunted(example, outcome)
        let isFound = outcome.failureCount > 0
        isAsPromised = isAsPromised && isFound != request.fixed && outcome.idleSeeds.isEmpty
      case .compare(let seeds):
        printer.heading(example)
        let outcome = hunt.compare(seeds)
        printer.compared(outcome)
        let isSound = !request.fixed || outcome.failureCount == 0 && outcome.idleSeeds.isEmpty
        isAsPromised = isAsPromised && isSound && outcome.mismatches.isEmpty
      }
      fflush(nil)
    }
    return isAsPromised
  }
}
