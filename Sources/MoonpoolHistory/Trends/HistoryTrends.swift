//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How a scenario went from commit to commit.
public struct HistoryTrends: Sendable, Hashable, Codable {
  /// What campaigns of one commit and one build did, added up.
  public struct Revision: Sendable, Hashable, Codable {
    /// As git names it; nil: outside of a work tree.
    public var commit: String?
    /// Whether files were not as they are there.
    public var isDirty: Bool
    /// `debug` or `release`.
    public var configuration: String
    /// When its last campaign began, in UTC: `2026-11-21T20:05:53Z`.
    public var last: String
    /// How many campaigns there were.
    public var campaigns: Int
    /// How many seeds they ran.
    public var seeds: Int
    /// How many of these failed.
    public var failedSeeds: Int
    /// In how many kinds.
    public var failingKinds: Int
    /// Seeds for each second of real time; 0 if that isn't known.
    public var seedsPerSecond: Int
  }

  /// Failures with one signature.
  public struct Kind: Sendable, Hashable, Codable {
    /// What they have in common.
    public var signature: String
    /// The commit in which a campaign met it first.
    public var firstCommit: String?
    /// And when, in UTC.
    public var first: String
    /// The commit in which one met it last.
    public var lastCommit: String?
    /// And when, in UTC.
    public var last: String
    /// How many seeds of all campaigns failed like this.
    public var seeds: Int
    /// Some of its recipes, the one that failed last first; at most 20.
    public var recipes: [FailedRecipe]
  }

  /// What became of something that has failed.
  public struct FailedRecipe: Sendable, Hashable, Codable {
    /// What reproduces it.
    public var recipe: String
    /// `debug` or `release`.
    public var configuration: String
    /// In how many campaigns it failed.
    public var failed: Int
    /// In how many it was run again and passed.
    public var passed: Int
    /// The commit in which it passed for the first time since it failed last.
    public var passedSince: String?
    /// Whether it passed when it was last run.
    public var passes: Bool
    /// Virtual time of the last failure, in seconds.
    public var simTime: Double
  }

  /// The scenario's name.
  public var scenario: String
  /// Commits, the latest first.
  public var revisions: [Revision]
  /// Kinds of failures, the one that was met last first.
  public var kinds: [Kind]
}
