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

// Two withdrawals, under one seed after another, until they overdraw the account.
var isFound = false
Simulation.run(
  seeds: UInt64(0)..<200,
  each: { report in
    guard !report.passed else { return true }
    print(report.line)
    print("  replay: swift run race-hunt --example overdraft --seed \(report.seed)")
    isFound = true
    return false
  }, Race.overdraft.buggy)
exit(isFound ? 0 : 1)
