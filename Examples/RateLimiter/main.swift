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

// Three requests through a rate limiter, until two go at once.
var isFound = false
Simulation.run(
  seeds: UInt64(0)..<200,
  each: { report in
    guard !report.passed else { return true }
    print(report.line)
    print("  replay: swift run race-hunt --example rate-limiter --seed \(report.seed)")
    isFound = true
    return false
  }, Race.rateLimiter.buggy)
exit(isFound ? 0 : 1)
