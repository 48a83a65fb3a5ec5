//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import MoonpoolCommand
import MoonpoolSim

/// The example clusters, correct and with their mistakes, with a command line.
@main
struct ClusterSimulations: SimulationSuite {
  static let scenarios = ClusterExample.all.flatMap { example in
    [example.correct.renamed(example.name), example.buggy.renamed("\(example.name), buggy")]
  }
}

extension Scenario {
  fileprivate func renamed(_ name: String) -> Scenario {
    var scenario = self
    scenario.name = name
    return scenario
  }
}
