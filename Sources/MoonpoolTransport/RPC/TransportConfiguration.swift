//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// What a ``Transport`` does about time and room, and how messages are written.
public struct TransportConfiguration: Sendable {
  /// Connections.
  public var link = LinkConfiguration()
  /// How requests and answers are written. All nodes of a system must agree.
  public var codec: any MessageCodec = BinaryCodec()
  /// Which life of the node this is, for others: a later one must have a larger number. Nil: it is
  /// kept in the node's storage; see ``Transport/listening(on:port:_:)``.
  public var incarnation: UInt64?
  /// How long to wait before a request goes again to a well-known endpoint that isn't served yet,
  /// or to a connection that has no room: 100 ms.
  public var retryInterval = Duration.milliseconds(100)
  /// How many requests may wait for answers at once: 100,000. More fail at once.
  public var pendingLimit = 100_000
  /// How many endpoints are remembered as gone for good: 100,000. Then all are forgotten, as in
  /// FoundationDB: a call more tells.
  public var failedEndpointLimit = 100_000

  /// Creates a configuration with the defaults.
  public init() {}
}

/// How requests at an endpoint are carried out.
public struct ServeOptions: Sendable, Hashable {
  /// How many may be at work at once, at least 1: 1,024.
  public var concurrency = 1_024
  /// How many more may wait for their turn: 65,536. Beyond, callers are told that there is too much
  /// to do, and nothing is begun.
  public var queueLimit = 65_536
  /// Whether a request that comes again, as with `getReply`, is carried out once only: nil means
  /// that it is carried out each time.
  public var duplicates: DuplicateSuppression?

  /// Creates options with the defaults.
  public init(
    concurrency: Int = 1_024, queueLimit: Int = 65_536, duplicates: DuplicateSuppression? = nil
  ) {
    precondition(concurrency >= 1, "ServeOptions: concurrency is \(concurrency); give at least 1")
    precondition(queueLimit >= 0, "ServeOptions: queueLimit is \(queueLimit); give at least 0")
    self.concurrency = concurrency
    self.queueLimit = queueLimit
    self.duplicates = duplicates
  }
}

/// Carries out each request once only, for as long as the server lives: answers are kept until
/// their callers have taken them, and given again to requests that come again.
///
/// A server that restarts has forgotten them; what must not happen twice then needs a mark in what
/// is stored.
public struct DuplicateSuppression: Sendable, Hashable {
  /// How many answers are kept for all callers together, at least 1. Where there is no room for
  /// another one, new requests are refused as ``ReplyError/overloaded``: none is ever forgotten
  /// that could still be asked for.
  public var limit: Int
  /// How long after its last word a caller is taken for gone, and its answers with it.
  public var retention: Duration

  /// Creates the rule.
  public init(limit: Int = 100_000, retention: Duration = .seconds(600)) {
    precondition(limit >= 1, "DuplicateSuppression: limit is \(limit); give at least 1")
    precondition(retention > .zero, "DuplicateSuppression: retention must be longer than zero")
    self.limit = limit
    self.retention = retention
  }
}
