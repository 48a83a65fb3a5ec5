//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// Failures of one kind.
public struct FailureGroup: Sendable, Hashable, Codable {
  /// One of them.
  public struct Member: Sendable, Hashable, Codable {
    /// What reproduces it.
    public var recipe: Recipe
    /// When it happened, in virtual time.
    public var time: Duration
  }

  /// How many recipes are kept of a kind, beside the one that fails soonest.
  static let longestMembers = 100

  /// What they have in common.
  public var signature: FailureSignature
  /// How many there were.
  public var count: UInt64
  /// The place in the series of the first.
  public var firstIndex: UInt64
  /// The recipe of the first.
  public var first: Recipe
  /// What happened in it.
  public var details: FailureDetails
  /// When it did, in virtual time.
  public var firstTime: Duration
  /// Which jobs ran in it, in which order and when, as a number to compare runs by; nil in reports
  /// of versions that had none.
  public var firstFingerprint: UInt64?
  /// The recipe of the one that fails after the least virtual time.
  public var fastest: Recipe
  /// That time.
  public var fastestTime: Duration
  /// The first of them, at most 100, in the order of the series.
  public var members: [Member]

  init(_ outcome: SeedOutcome, _ details: FailureDetails) {
    signature = details.signature
    count = 1
    firstIndex = outcome.index
    first = outcome.recipe
    self.details = details
    firstTime = outcome.virtualTime
    firstFingerprint = outcome.fingerprint
    fastest = outcome.recipe
    fastestTime = outcome.virtualTime
    members = [Member(recipe: outcome.recipe, time: outcome.virtualTime)]
  }

  init(
    count: UInt64, firstIndex: UInt64, first: Recipe, firstTime: Duration,
    firstFingerprint: UInt64?, fastest: Recipe, fastestTime: Duration, members: [Member],
    _ details: FailureDetails
  ) {
    signature = details.signature
    self.count = count
    self.firstIndex = firstIndex
    self.first = first
    self.firstTime = firstTime
    self.firstFingerprint = firstFingerprint
    self.fastest = fastest
    self.fastestTime = fastestTime
    self.members = members
    self.details = details
  }

  /// Whether another run of ``first`` did the same.
  func isRepeated(by outcome: SeedOutcome) -> Bool {
    outcome.failure?.signature == signature && outcome.virtualTime == firstTime
      && outcome.fingerprint == firstFingerprint
  }

  mutating func add(_ outcome: SeedOutcome) {
    count += 1
    if members.count < Self.longestMembers {
      members.append(Member(recipe: outcome.recipe, time: outcome.virtualTime))
    }
    guard outcome.virtualTime < fastestTime else { return }
    fastest = outcome.recipe
    fastestTime = outcome.virtualTime
  }

  /// `FAILED seed=8839214571 — leadership invariant violated at sim_time=12.4s`.
  public var line: String {
    "FAILED seed=\(first) — \(details.summary) at sim_time=\(firstTime.secondsText)"
  }
}
