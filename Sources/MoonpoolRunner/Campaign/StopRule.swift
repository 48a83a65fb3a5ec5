//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// When a campaign has seen enough; whatever comes first.
///
/// The rules are asked in the order of the series, so that a campaign stops at the same place with
/// any number of workers. Only ``wallTime`` depends on how fast they are.
public struct StopRule: Sendable, Hashable, Codable {
  /// After so much real time; nil: no matter.
  public var wallTime: Duration?
  /// After so many failures; nil: no matter.
  public var failures: Int?
  /// Once everything has been seen that assertions which have been met ask to see.
  public var whenAllSeen = false
  /// After so many seeds in a row in which nothing new was seen, once everything has been seen as
  /// for ``whenAllSeen``; nil: no matter.
  ///
  /// New is an assertion that was never met, or a combination of keys, or that something held for
  /// the first time.
  public var quietSeeds: Int?

  /// Not before the last seed.
  public static let never = StopRule()

  /// Makes a rule.
  public init(
    wallTime: Duration? = nil, failures: Int? = nil, whenAllSeen: Bool = false,
    quietSeeds: Int? = nil
  ) {
    self.wallTime = wallTime
    self.failures = failures
    self.whenAllSeen = whenAllSeen
    self.quietSeeds = quietSeeds
  }
}

/// Why a campaign ended.
public enum StopReason: String, Sendable, Hashable, Codable {
  /// All seeds have been run.
  case done
  /// Its time was over.
  case wallTime
  /// It had as many failures as it was to find.
  case failures
  /// All was seen that should be.
  case allSeen
  /// Nothing new was seen for as long as it should.
  case quiet
  /// Somebody asked it to end.
  case interrupted
}
