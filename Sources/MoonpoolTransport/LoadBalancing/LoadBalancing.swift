//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What may happen to a request that a ``LoadBalancer`` sends: by default, nothing twice.
public struct RepeatPermission: OptionSet, Sendable, Hashable {
  /// A bit for each permission.
  public let rawValue: Int

  /// Makes it of its bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Another endpoint may be asked when one may have carried the request out without an answer.
  public static let retry = RepeatPermission(rawValue: 1)
  /// Two endpoints may be asked at once, when the first takes long.
  public static let duplicate = RepeatPermission(rawValue: 2)
  /// It is carried out once, or not at all, or nobody knows: ``ReplyError/maybeDelivered``.
  public static let atMostOnce: RepeatPermission = []
  /// Whatever is quickest: for requests that change nothing.
  public static let anything: RepeatPermission = [.retry, .duplicate]
}

/// How a ``LoadBalancer`` chooses and waits.
public struct LoadBalancing: Sendable, Hashable {
  /// How long to rest after all endpoints have been tried: from 50 ms, doubled, to 1 s, each drawn
  /// from its upper half. Source: the Rust moonpool.
  public var backoff = Duration.milliseconds(50) ... .seconds(1)
  /// How often all endpoints are tried, at least 1; nil: until the time is over.
  public var rounds: Int?
  /// How long a hedged request waits besides what its endpoint usually takes: 0.5 ms.
  /// Source: FoundationDB, `BASE_SECOND_REQUEST_TIME`.
  public var hedgeDelay = Duration.microseconds(500)
  /// How long an endpoint is not asked after it said that it has too much to do: 100 ms.
  public var restWhenOverloaded = Duration.milliseconds(100)

  /// Creates the defaults.
  public init() {}
}

/// Why a ``LoadBalancer`` has no answer.
public enum LoadBalancingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no endpoint to ask.
  case noAlternatives
  /// All were tried, as often as it may be; and why the last one didn't answer.
  case allFailed(last: ReplyError)

  public var description: String {
    switch self {
    case .noAlternatives: "there is no endpoint to ask"
    case .allFailed(let last): "all endpoints were tried; the last one: \(last)"
    }
  }
}
