//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// A row run twice under each seed of a series, the second time in the opposite order.
public struct DoubleRuns: Sendable {
  public private(set) var count = 0
  /// The seeds whose two runs were not equal.
  public private(set) var mismatches: [UInt64] = []
  /// ``RunReport/line`` of runs that did not pass.
  public private(set) var failures: [String] = []
  public private(set) var distinct: Set<UInt64> = []
  public private(set) var jobs: UInt64 = 0

  public init() {}

  public mutating func run(_ row: Row, seeds: Range<UInt64>) {
    let first = digests(row, Array(seeds))
    let second = digests(row, seeds.reversed())
    for seed in seeds where first[seed] == nil || first[seed] != second[seed] {
      mismatches.append(seed)
    }
    count += seeds.count
    distinct.formUnion(first.values)
  }

  private mutating func digests(_ row: Row, _ seeds: [UInt64]) -> [UInt64: UInt64] {
    var options = SimulationOptions()
    options.trace = .digest
    var digests: [UInt64: UInt64] = [:]
    let body = row.body
    for seed in seeds {
      let log = RowLog()
      let report = Simulation.run(seed: seed, options: options) { try await body(log) }
      if !report.passed { failures.append(report.line) }
      jobs += report.jobCount
      digests[seed] = Outcome(report, log, .digest).digest
    }
    return digests
  }
}
