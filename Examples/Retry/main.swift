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

// One payment over a slow line, until it is made twice.
var isFound = false
Simulation.run(
  seeds: UInt64(0)..<200,
  each: { report in
    guard !report.passed else { return true }
    print(report.line)
    print("  replay: swift run race-hunt --example retry --seed \(report.seed)")
    isFound = true
    return false
  }, Race.retry.buggy)
exit(isFound ? 0 : 1)
