//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import CMoonpoolAssertions

/// What one thread's runs count of their assertions.
///
/// Not for two threads at a time: the runs of a table come one after the other.
package final class AssertionTable: @unchecked Sendable {
  package let raw: UnsafeMutablePointer<mp_assertions>
  /// The current run's place in its series: what is seen first is known by it.
  package var run: UInt64 = 0
  /// The identities of the sites, by number, as far as anybody asked for them: they are many times
  /// as expensive to make as to copy.
  private var sites: [AssertionSite] = []

  package init() { raw = mp_assertions_create() }

  deinit {
    for number in 0..<mp_assertions_site_count(raw) {
      AssertionNames.release(mp_assertions_site(raw, number).pointee)
    }
    mp_assertions_destroy(raw)
  }

  /// Begins a run, and forgets what the one before counted, if it was not ended.
  package func beginRun() { mp_assertions_begin(raw) }

  /// Adds the run's counts to the totals, and goes on to the next place in the series.
  package func endRun() {
    mp_assertions_end(raw, run)
    run += 1
  }

  /// What the current run has counted, in the order of first evaluation.
  package var currentRun: [AssertionCount] {
    var count = 0
    guard let touched = mp_assertions_touched_sites(raw, &count), count > 0 else { return [] }
    return UnsafeBufferPointer(start: touched, count: count).map { number in
      AssertionCount(site(number), mp_assertions_site(raw, number).pointee.run)
    }
  }

  private func site(_ number: UInt32) -> AssertionSite {
    while sites.count <= Int(number) {
      sites.append(AssertionSite(mp_assertions_site(raw, UInt32(sites.count)).pointee))
    }
    return sites[Int(number)]
  }

  /// What all ended runs have counted, ordered by place in the source.
  package var totals: [AssertionRecord] {
    let buckets = bucketsBySite
    return (0..<mp_assertions_site_count(raw)).map { number in
      AssertionRecord(mp_assertions_site(raw, number).pointee, buckets[number] ?? [])
    }.filter { $0.runs > 0 }.sorted { $0.site < $1.site }
  }

  private var bucketsBySite: [UInt32: [AssertionBucket]] {
    var result: [UInt32: [AssertionBucket]] = [:]
    for number in 0..<mp_assertions_bucket_count(raw) {
      let bucket = mp_assertions_bucket(raw, number).pointee
      if bucket.runs > 0 { result[bucket.site, default: []].append(AssertionBucket(bucket)) }
    }
    return result.mapValues { $0.sorted { $0.keys.lexicographicallyPrecedes($1.keys) } }
  }
}
