//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions

/// A series of runs that are counted in one table, and what they add up to.
final class CountedSeries {
  let table = AssertionTable()
  /// What each run has met, in the order in which it met them.
  private(set) var buckets: [[AssertionTable.BucketCount]] = []
  private var sums = AssertionSums()
  private var next: UInt64

  /// - Parameter first: The place of the first run in the series.
  init(from first: UInt64 = 0) {
    next = first
    table.runWillEnd = { [unowned self] table in
      // They number alike: in the order in which assertions were met.
      for count in table.siteCounts {
        let (site, names) = table.identity(of: count.number)
        precondition(sums.number(of: site, names: names) == count.number)
      }
      _ = sums.add(table.siteCounts, table.bucketCounts, run: next)
      buckets.append(table.bucketCounts)
      next += 1
    }
  }

  var totals: [AssertionRecord] { sums.records }
}
