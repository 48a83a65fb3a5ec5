//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What the runs of a series have counted, added up by assertion.
package struct AssertionSums {
  private var numbers: [AssertionSite: UInt32] = [:]
  /// By number. Of those that have a number, and that nobody has evaluated, none has runs.
  private var sums: [AssertionRecord] = []
  /// How many there are that can be missed.
  package private(set) var wantedCount = 0
  /// How many of these have been seen to hold.
  package private(set) var seenCount = 0

  package init() {}

  /// The number by which runs call an assertion here.
  package mutating func number(of site: AssertionSite, names: [String]) -> UInt32 {
    if let number = numbers[site] { return number }
    let number = UInt32(sums.count)
    numbers[site] = number
    var record = AssertionRecord(unreached: site)
    record.names = names
    sums.append(record)
    return number
  }

  /// Takes in what one run has counted, by the numbers of ``number(of:names:)``.
  ///
  /// - Parameter run: The run's place in its series: what is seen first is known by it.
  /// - Returns: Whether it has something that was never seen before: an assertion, that one holds,
  ///   or a combination of keys.
  package mutating func add(
    _ counts: [AssertionTable.SiteCount], _ buckets: [AssertionTable.BucketCount], run: UInt64
  ) -> Bool {
    var isNew = false
    for count in counts where add(to: count.number, { $0.add(count, run: run) }) { isNew = true }
    for bucket in buckets where add(to: bucket.site, { $0.add(bucket, run: run) }) { isNew = true }
    return isNew
  }

  /// Takes in what earlier runs have counted.
  package mutating func add(_ record: AssertionRecord) {
    _ = add(to: number(of: record.site, names: record.names)) { $0.add(record) }
  }

  private mutating func add(
    to number: UInt32, _ change: (inout AssertionRecord) -> Void
  ) -> Bool {
    let place = Int(number)
    let (runs, passes) = (sums[place].runs, sums[place].passes)
    let buckets = sums[place].buckets.count
    change(&sums[place])
    let isFirstPass = passes == 0 && sums[place].passes > 0
    if sums[place].site.kind.canBeMissed {
      if runs == 0 { wantedCount += 1 }
      if isFirstPass { seenCount += 1 }
    }
    return runs == 0 || isFirstPass || sums[place].buckets.count > buckets
  }

  private var evaluated: [AssertionRecord] { sums.filter { $0.runs > 0 } }

  /// By place in the source.
  package var records: [AssertionRecord] { evaluated.sorted { $0.site < $1.site } }

  /// Whether there are assertions that ask for something to be seen, and each has seen it.
  package var isAllSeen: Bool {
    let wanted = evaluated.filter { !$0.site.kind.canFail }
    return !wanted.isEmpty && wanted.allSatisfy { $0.status == .passed }
  }
}
