//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MatrixRows
import Testing

/// A program of a thousand tasks, twice under each seed. `Scripts/acceptance double-runs` does
/// 100,000 seeds.
@Suite struct DoubleRunTests {
  #if DEBUG
    static let seeds: UInt64 = 40
  #else
    static let seeds: UInt64 = 300
  #endif

  @Test func `a thousand tasks run the same way twice`() {
    var runs = DoubleRuns()
    runs.run(.thousandTasks, seeds: 0..<Self.seeds)
    #expect(runs.mismatches == [])
    #expect(runs.failures == [])
    #expect(runs.distinct.count == Int(Self.seeds))
  }

  @Test func `the program has a thousand tasks`() {
    let outcome = Row.thousandTasks.run(seed: 1, detail: .text)
    let births = outcome.text.split(separator: "\n").count { $0.contains("\"TaskCreated\"") }
    #expect(births >= 1_000)
  }
}
