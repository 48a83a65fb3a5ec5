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
  /// The identities of the sites, by number, as far as anybody asked for them: they are many times
  /// as expensive to make as to copy.
  private var sites: [AssertionSite] = []

  /// Called at the end of a run, before its counts are forgotten.
  package var runWillEnd: ((AssertionTable) -> Void)?

  package init() { raw = mp_assertions_create() }

  deinit {
    for number in 0..<mp_assertions_site_count(raw) {
      AssertionNames.release(mp_assertions_site(raw, number).pointee)
    }
    mp_assertions_destroy(raw)
  }

  /// Begins a run, and forgets what the one before counted, if it was not ended.
  package func beginRun() { mp_assertions_begin(raw) }

  /// Ends the run: hands over its counts, and forgets them.
  package func endRun() {
    runWillEnd?(self)
    mp_assertions_begin(raw)
  }

  /// What the current run has counted, in the order of first evaluation.
  package var currentRun: [AssertionCount] {
    var count = 0
    guard let touched = mp_assertions_touched_sites(raw, &count), count > 0 else { return [] }
    return UnsafeBufferPointer(start: touched, count: count).map { number in
      AssertionCount(site(number), mp_assertions_site(raw, number).pointee.run)
    }
  }

  /// The assertion with a number, and the names of its conditions or keys.
  package func identity(of number: UInt32) -> (site: AssertionSite, names: [String]) {
    (site(number), AssertionNames.of(mp_assertions_site(raw, number).pointee))
  }

  private func site(_ number: UInt32) -> AssertionSite {
    while sites.count <= Int(number) {
      sites.append(AssertionSite(mp_assertions_site(raw, UInt32(sites.count)).pointee))
    }
    return sites[Int(number)]
  }
}

// MARK: What a run hands over

extension AssertionTable {
  /// What a run has counted of an assertion, by its number in this table.
  package struct SiteCount: Sendable, Hashable {
    package var number: UInt32
    package var passes: UInt64
    package var fails: UInt64
    package var best: Int64?
    package var heldMask: UInt64

    package init(
      number: UInt32, passes: UInt64, fails: UInt64, best: Int64?, heldMask: UInt64
    ) {
      self.number = number
      self.passes = passes
      self.fails = fails
      self.best = best
      self.heldMask = heldMask
    }
  }

  /// What a run has counted of a combination of keys.
  package struct BucketCount: Sendable, Hashable {
    package var site: UInt32
    package var hits: UInt64
    package var combination: [Int64]
    package var quality: [Int64]

    package init(site: UInt32, hits: UInt64, combination: [Int64], quality: [Int64]) {
      self.site = site
      self.hits = hits
      self.combination = combination
      self.quality = quality
    }
  }

  /// What the current run has counted, in the order of first evaluation.
  package var siteCounts: [SiteCount] {
    var count = 0
    guard let touched = mp_assertions_touched_sites(raw, &count), count > 0 else { return [] }
    return UnsafeBufferPointer(start: touched, count: count).map { number in
      let run = mp_assertions_site(raw, number).pointee.run
      return SiteCount(
        number: number, passes: run.passes, fails: run.fails,
        best: run.has_best ? run.best : nil, heldMask: run.best_mask)
    }
  }

  /// The combinations of keys that the current run has met, in the order in which it met them.
  package var bucketCounts: [BucketCount] {
    var count = 0
    guard let touched = mp_assertions_touched_buckets(raw, &count), count > 0 else { return [] }
    return UnsafeBufferPointer(start: touched, count: count).map { number in
      let bucket = mp_assertions_bucket(raw, number).pointee
      return BucketCount(
        site: bucket.site, hits: bucket.hits,
        combination: AssertionBucket.values(bucket.keys, bucket.key_count),
        quality: AssertionBucket.values(bucket.quality, bucket.quality_count))
    }
  }
}
