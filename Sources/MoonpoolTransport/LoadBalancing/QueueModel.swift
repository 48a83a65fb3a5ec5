//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
import Synchronization

/// What a node knows of how busy the endpoints are that it calls: how many of its requests are
/// under way there, how long answers take, and what the servers say of themselves.
///
/// One for all load balancers of a node. Source: FoundationDB's `QueueModel`, with its figures.
public final class QueueModel: Sendable {
  private struct Entry {
    var outstanding: Smoother
    /// 1 ms as long as nothing is known.
    var latency = Duration.milliseconds(1)
    var penalty = 1.0
    var failedUntil = Duration.zero
  }

  private struct State {
    var entries: [Endpoint: Entry] = [:]
    /// How many requests may be doubled; grows with each request.
    var hedges = 1.0
    var hedgeFactor = 1.0
  }

  /// What is known of an endpoint.
  public struct Estimate: Sendable, Hashable {
    /// Requests under way there, smoothed, each weighing as much as the server's penalty.
    public var outstanding: Double
    /// How long the last answer took; where requests failed since then, at least as long as those.
    public var latency: Duration
    /// What the server asks each request to count as: 1 where it asks for nothing.
    public var penalty: Double
    /// Until when it is not to be asked.
    public var failedUntil: Duration
  }

  private static let foldingTime = Duration.seconds(2)
  /// Hedged requests may be one of twenty, and so many may be saved up.
  private static let hedgeGrowth = 0.05
  private static let mostHedges = 100.0
  /// With each hedged request the next ones wait longer, with each other one a little less.
  private static let factorGrowth = 0.01
  private static let factorDecay = 0.000_25
  private static let factors = 1.0...10.0

  private let node: Node
  private let state = Mutex(State())

  /// Creates a model that knows nothing.
  public init(on node: Node) { self.node = node }

  private var now: Duration { node.providers.time.now }

  /// What is known of an endpoint.
  public func estimate(of endpoint: Endpoint) -> Estimate {
    state.withLock { state in
      var entry = state.entries[endpoint] ?? fresh
      let outstanding = entry.outstanding.value(at: now)
      return Estimate(
        outstanding: outstanding, latency: entry.latency, penalty: entry.penalty,
        failedUntil: entry.failedUntil)
    }
  }

  private var fresh: Entry {
    Entry(outstanding: Smoother(foldingTime: Self.foldingTime, at: now))
  }

  // MARK: Requests

  /// A request that is under way, in the model.
  struct Ticket: Sendable {
    let endpoint: Endpoint
    let weight: Double
    let began: Duration
  }

  func begin(_ endpoint: Endpoint) -> Ticket {
    let now = now
    return state.withLock { state in
      var entry = state.entries[endpoint] ?? fresh
      entry.outstanding.add(entry.penalty, at: now)
      state.entries[endpoint] = entry
      state.hedges = min(state.hedges + Self.hedgeGrowth, Self.mostHedges)
      state.hedgeFactor = max(state.hedgeFactor - Self.factorDecay, Self.factors.lowerBound)
      return Ticket(endpoint: endpoint, weight: entry.penalty, began: now)
    }
  }

  /// A request is over.
  ///
  /// - Parameters:
  ///   - isAnswered: It was answered; a failed one shows at least how long the server can take.
  ///   - penalty: What the server asks for.
  ///   - rest: How long the endpoint is not to be asked.
  func end(
    _ ticket: Ticket, isAnswered: Bool, penalty: Double? = nil, rest: Duration = .zero
  ) {
    let now = now
    state.withLock { state in
      var entry = state.entries[ticket.endpoint] ?? fresh
      entry.outstanding.add(-ticket.weight, at: now)
      let latency = now - ticket.began
      entry.latency = isAnswered ? latency : max(entry.latency, latency)
      if let penalty, penalty > 0, penalty.isFinite { entry.penalty = penalty }
      if rest > .zero { entry.failedUntil = now + rest }
      state.entries[ticket.endpoint] = entry
    }
  }

  // MARK: Hedging

  /// How long to wait before the request is sent to this endpoint too; nil: there have been too
  /// many such requests.
  func hedgeDelay(for endpoint: Endpoint, _ base: Duration) -> Duration? {
    let latency = estimate(of: endpoint).latency
    return state.withLock { state in
      state.hedges >= 1 ? base + latency * state.hedgeFactor : nil
    }
  }

  /// A request was sent to a second endpoint.
  func hedged() {
    state.withLock { state in
      state.hedges -= 1
      state.hedgeFactor = min(state.hedgeFactor + Self.factorGrowth, Self.factors.upperBound)
    }
  }
}

/// An answer in which the server says how busy it is.
public protocol LoadBalancedReply {
  /// What a request is to count as from now on, above 0: 1 as usual, 2 for a server that wants half
  /// as many; nil: as before.
  var penalty: Double? { get }
}
