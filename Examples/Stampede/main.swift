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

// Three readers of one cache, until two of them ask the origin for the same page.
var isFound = false
Simulation.run(
  seeds: UInt64(0)..<200,
  each: { report in
    guard !report.passed else { return true }
    print(report.line)
    print("  replay: swift run race-hunt --example stampede --seed \(report.seed)")
    isFound = true
    return false
  }, Race.stampede.buggy)
exit(isFound ? 0 : 1)
