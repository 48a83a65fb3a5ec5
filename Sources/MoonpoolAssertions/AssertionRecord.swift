//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolAssertions

/// What one run has counted of an assertion.
public struct AssertionCount: Sendable, Hashable {
  /// The assertion.
  public var site: AssertionSite
  /// How often it held, or was reached.
  public var passes: UInt64
  /// How often it didn't hold; of ``AssertionKind/unreachable``, how often it was reached.
  public var fails: UInt64
  /// Of a numeric kind, the value nearest to failing or to holding, clamped to 64 bits; of
  /// ``AssertionKind/sometimesAll``, how many conditions held at a time.
  public var best: Int64?
}

/// What a series of runs has counted of an assertion.
public struct AssertionRecord: Sendable, Hashable, Codable {
  /// The assertion.
  public var site: AssertionSite
  /// How often it held, or was reached.
  public var passes: UInt64
  /// How often it didn't hold; of ``AssertionKind/unreachable``, how often it was reached.
  public var fails: UInt64
  /// In how many runs it was evaluated.
  public var runs: UInt64
  /// In how many runs it held at least once.
  public var passingRuns: UInt64
  /// The first run in which it held, as a place in the series; nil if there was none.
  public var firstPass: UInt64?
  /// Of a numeric kind, the value nearest to failing or to holding, clamped to 64 bits; of
  /// ``AssertionKind/sometimesAll``, how many conditions held at a time.
  public var best: Int64?
  /// The names of its conditions or keys.
  public var names: [String]
  /// Which of `names` held when most did, as bits.
  package var heldMask: UInt64
  /// Of ``AssertionKind/sometimesEach``, the combinations of keys, ordered.
  public var buckets: [AssertionBucket]

  package init(
    site: AssertionSite, passes: UInt64, fails: UInt64, runs: UInt64, passingRuns: UInt64,
    firstPass: UInt64?, best: Int64?, names: [String], heldMask: UInt64,
    buckets: [AssertionBucket]
  ) {
    self.site = site
    self.passes = passes
    self.fails = fails
    self.runs = runs
    self.passingRuns = passingRuns
    self.firstPass = firstPass
    self.best = best
    self.names = names
    self.heldMask = heldMask
    self.buckets = buckets
  }
}

extension AssertionRecord {
  /// Nobody has come to it.
  package init(unreached site: AssertionSite) {
    self.init(
      site: site, passes: 0, fails: 0, runs: 0, passingRuns: 0, firstPass: nil, best: nil,
      names: [], heldMask: 0, buckets: [])
  }
}

extension AssertionRecord {
  /// Of ``AssertionKind/sometimesAll``, those of `names` that held when most did.
  public var held: [String] {
    names.indices.filter { heldMask >> UInt64($0) & 1 == 1 }.map { names[$0] }
  }
}

/// A combination of keys.
public struct AssertionBucket: Sendable, Hashable, Codable {
  /// The values of the keys.
  public var keys: [Int64]
  /// How often it was met.
  public var hits: UInt64
  /// In how many runs.
  public var runs: UInt64
  /// The first of these, as a place in the series.
  public var firstRun: UInt64
  /// The best quality with which it was met.
  public var quality: [Int64]

  package init(keys: [Int64], hits: UInt64, runs: UInt64, firstRun: UInt64, quality: [Int64]) {
    self.keys = keys
    self.hits = hits
    self.runs = runs
    self.firstRun = firstRun
    self.quality = quality
  }
}

extension AssertionCount {
  /// What a table says of the current run.
  init(_ site: AssertionSite, _ run: mp_tally) {
    self.init(
      site: site, passes: run.passes, fails: run.fails, best: run.has_best ? run.best : nil)
  }
}

extension AssertionBucket {
  static func values<Tuple>(_ tuple: Tuple, _ count: UInt32) -> [Int64] {
    withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: Int64.self).prefix(Int(count))) }
  }
}
