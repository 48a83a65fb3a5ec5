//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import RaceCatalog

// Twenty tasks, until four of them act in the one order that breaks the store. Made for PCT.
var options = SimulationOptions()
options.strategy = .pct(changePoints: 2)
var isFound = false
Simulation.run(
  seeds: UInt64(0)..<200,
  options: options,
  each: { report in
    guard !report.passed else { return true }
    print(report.line)
    print("  replay: swift run race-hunt --example needle --seed \(report.seed) --strategy pct")
    isFound = true
    return false
  }, Race.needle.buggy)
exit(isFound ? 0 : 1)
