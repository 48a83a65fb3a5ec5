//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

@Suite struct SmokeTests {
  @Test func runsABody() {
    let report = Simulation.run(seed: 1) {
      try await Task.sleep(for: .seconds(60))
      await Task.yield()
    }
    #expect(report.passed, "\(report.line)")
    #expect(report.virtualTime >= .seconds(60))
  }
}
