//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim

extension Scenario {
  /// The reports of all seeds, for expectations on the test's own thread: one that fails on the
  /// simulation's thread is nobody's.
  func reports(_ seeds: some Sequence<UInt64>) -> [SimulationReport] {
    var reports: [SimulationReport] = []
    run(seeds: seeds) {
      reports.append($0)
      return true
    }
    return reports
  }
}
