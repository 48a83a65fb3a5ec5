//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a campaign says of an assertion.
public enum AssertionStatus: String, Sendable, Hashable, CaseIterable {
  /// It was false where it must hold, or reached where it must not be.
  case failed
  /// What it asks for was never seen.
  case missed
  /// Neither.
  case passed
}

extension AssertionRecord {
  /// By the rule that ``AssertionKind`` states for its kind.
  public var status: AssertionStatus {
    if site.kind.canFail, fails > 0 { return .failed }
    return site.kind.canBeMissed && passes == 0 ? .missed : .passed
  }

  /// Adds what other runs have counted of the same assertion.
  ///
  /// The order in which records are added makes no difference.
  public mutating func add(_ other: AssertionRecord) {
    precondition(site == other.site, "records of different assertions don't add up")
    passes += other.passes
    fails += other.fails
    runs += other.runs
    passingRuns += other.passingRuns
    firstPass = [firstPass, other.firstPass].compactMap(\.self).min()
    takeBest(other.best, other.heldMask)
    if names.isEmpty { names = other.names }
    for bucket in other.buckets { take(bucket) }
  }

  /// Adds what one run has counted.
  mutating func add(_ count: AssertionTable.SiteCount, run: UInt64) {
    passes += count.passes
    fails += count.fails
    runs += 1
    if count.passes > 0 {
      passingRuns += 1
      firstPass = min(firstPass ?? run, run)
    }
    takeBest(count.best, count.heldMask)
  }

  /// Adds what one run has counted of a combination of keys.
  mutating func add(_ bucket: AssertionTable.BucketCount, run: UInt64) {
    take(
      AssertionBucket(
        keys: bucket.combination, hits: bucket.hits, runs: 1, firstRun: run,
        quality: bucket.quality))
  }

  private mutating func takeBest(_ theirs: Int64?, _ mask: UInt64) {
    guard let theirs else { return }
    let isBetter = best.map { site.kind.keepsLeast ? theirs < $0 : theirs > $0 } ?? true
    // Of equally many conditions the least mask, whoever is added last.
    guard isBetter || theirs == best && mask < heldMask else { return }
    best = theirs
    heldMask = mask
  }

  /// They stay ordered by their keys.
  private mutating func take(_ other: AssertionBucket) {
    var (low, high) = (0, buckets.count)
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].keys.lexicographicallyPrecedes(other.keys) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < buckets.count, buckets[low].keys == other.keys else {
      return buckets.insert(other, at: low)
    }
    buckets[low].hits += other.hits
    buckets[low].runs += other.runs
    buckets[low].firstRun = min(buckets[low].firstRun, other.firstRun)
    if buckets[low].quality.lexicographicallyPrecedes(other.quality) {
      buckets[low].quality = other.quality
    }
  }
}
