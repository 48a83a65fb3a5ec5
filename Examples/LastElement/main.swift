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

// Three lines through an AsyncStream, until the last one is lost.
var isFound = false
Simulation.run(
  seeds: UInt64(0)..<200,
  each: { report in
    guard !report.passed else { return true }
    print(report.line)
    print("  replay: swift run race-hunt --example last-element --seed \(report.seed)")
    isFound = true
    return false
  }, Race.lastElement.buggy)
exit(isFound ? 0 : 1)
