//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What the runs of a series have counted, added up by assertion.
package struct AssertionSums {
  private var sums: [AssertionSite: AssertionRecord] = [:]
  /// How many there are that can be missed.
  package private(set) var wantedCount = 0
  /// How many of these have been seen to hold.
  package private(set) var seenCount = 0

  package init() {}

  /// Takes in a record. True: it has something that was never seen before: an assertion, that one
  /// holds, or a combination of keys.
  package mutating func add(_ record: AssertionRecord) -> Bool {
    guard let index = sums.index(forKey: record.site) else {
      sums[record.site] = record
      if record.site.kind.canBeMissed {
        wantedCount += 1
        if record.passes > 0 { seenCount += 1 }
      }
      return true
    }
    let (passes, buckets) = (sums.values[index].passes, sums.values[index].buckets.count)
    sums.values[index].add(record)
    if passes == 0, record.passes > 0, record.site.kind.canBeMissed { seenCount += 1 }
    return passes == 0 && record.passes > 0 || sums.values[index].buckets.count > buckets
  }

  /// By place in the source.
  package var records: [AssertionRecord] { sums.values.sorted { $0.site < $1.site } }

  /// Whether there are assertions that ask for something to be seen, and each has seen it.
  package var isAllSeen: Bool {
    let wanted = sums.values.filter { !$0.site.kind.canFail }
    return !wanted.isEmpty && wanted.allSatisfy { $0.status == .passed }
  }
}
