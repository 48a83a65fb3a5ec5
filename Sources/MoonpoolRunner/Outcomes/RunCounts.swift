//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions

/// What one run has counted of its assertions, by the numbers that its process has given them.
struct RunCounts: Sendable {
  var sites: [AssertionTable.SiteCount] = []
  var buckets: [AssertionTable.BucketCount] = []

  init() {}

  /// What the run that is about to end has counted.
  init(endingRunOf table: AssertionTable) {
    sites = table.siteCounts
    buckets = table.bucketCounts
  }

  /// Calls assertions by other numbers.
  mutating func renumber(_ numbers: [UInt32]) {
    for index in sites.indices { sites[index].number = numbers[Int(sites[index].number)] }
    for index in buckets.indices { buckets[index].site = numbers[Int(buckets[index].site)] }
  }

  func append(to words: inout [UInt64]) {
    words.append(UInt64(sites.count))
    for site in sites {
      words += [
        UInt64(site.number), site.passes, site.fails, site.best == nil ? 0 : 1,
        UInt64(bitPattern: site.best ?? 0), site.heldMask,
      ]
    }
    words.append(UInt64(buckets.count))
    for bucket in buckets {
      words += [UInt64(bucket.site), bucket.hits, UInt64(bucket.combination.count)]
      words += bucket.combination.map { UInt64(bitPattern: $0) }
      words.append(UInt64(bucket.quality.count))
      words += bucket.quality.map { UInt64(bitPattern: $0) }
    }
  }

  init?(_ reader: inout WordReader) {
    for _ in 0..<reader.count() {
      let number = UInt32(truncatingIfNeeded: reader.next())
      let (passes, fails, hasBest) = (reader.next(), reader.next(), reader.next() == 1)
      let best = Int64(bitPattern: reader.next())
      sites.append(
        .init(
          number: number, passes: passes, fails: fails, best: hasBest ? best : nil,
          heldMask: reader.next()))
    }
    for _ in 0..<reader.count() {
      let site = UInt32(truncatingIfNeeded: reader.next())
      let hits = reader.next()
      let combination = (0..<reader.count()).map { _ in Int64(bitPattern: reader.next()) }
      let quality = (0..<reader.count()).map { _ in Int64(bitPattern: reader.next()) }
      buckets.append(.init(site: site, hits: hits, combination: combination, quality: quality))
    }
    if reader.isExhausted { return nil }
  }
}
