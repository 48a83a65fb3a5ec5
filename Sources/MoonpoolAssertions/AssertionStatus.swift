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
    takeBest(of: other)
    if names.isEmpty { names = other.names }
    mergeBuckets(other.buckets)
  }

  private mutating func takeBest(of other: AssertionRecord) {
    guard let theirs = other.best else { return }
    let isBetter = best.map { site.kind.keepsLeast ? theirs < $0 : theirs > $0 } ?? true
    // Of equally many conditions the least mask, whoever is added last.
    guard isBetter || theirs == best && other.heldMask < heldMask else { return }
    best = theirs
    heldMask = other.heldMask
  }

  private mutating func mergeBuckets(_ others: [AssertionBucket]) {
    if others.isEmpty { return }
    var byKeys = Dictionary(uniqueKeysWithValues: buckets.map { ($0.keys, $0) })
    for other in others {
      guard var known = byKeys[other.keys] else {
        byKeys[other.keys] = other
        continue
      }
      known.hits += other.hits
      known.runs += other.runs
      known.firstRun = min(known.firstRun, other.firstRun)
      if known.quality.lexicographicallyPrecedes(other.quality) { known.quality = other.quality }
      byKeys[other.keys] = known
    }
    buckets = byKeys.values.sorted { $0.keys.lexicographicallyPrecedes($1.keys) }
  }
}
