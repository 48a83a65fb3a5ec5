//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// Several endpoints of which each can answer, and the choice among them: near ones before far
/// ones, idle ones before busy ones.
///
/// It asks one at a time, the next one when that can't be reached or has too much to do; with the
/// caller's permission also when it may have carried the request out, or a second one when the
/// first takes longer than usual. Source: FoundationDB's `loadBalance`.
public struct LoadBalancer<Request: Encodable & Sendable, Reply: Decodable & Sendable>: Sendable {
  /// One of the endpoints.
  public struct Alternative: Sendable, Hashable {
    /// What is called.
    public var method: MethodEndpoint<Request, Reply>
    /// How far away it is.
    public var distance: LocalityDistance

    /// Names an endpoint.
    public init(_ method: MethodEndpoint<Request, Reply>, distance: LocalityDistance = .remote) {
      self.method = method
      self.distance = distance
    }
  }

  /// The nearest first; among equals as they were given.
  public let alternatives: [Alternative]
  private let transport: Transport
  private let model: QueueModel
  private let rules: LoadBalancing

  /// Makes the choice among endpoints.
  public init(
    _ alternatives: [Alternative], on transport: Transport, model: QueueModel,
    _ rules: LoadBalancing = .init()
  ) {
    if let rounds = rules.rounds {
      precondition(rounds >= 1, "LoadBalancing: rounds is \(rounds); give at least 1, or nil")
    }
    self.alternatives = alternatives.enumerated().sorted {
      ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
    }.map(\.element)
    self.transport = transport
    self.model = model
    self.rules = rules
  }

  /// Makes the choice among endpoints of which it is known where they are.
  public init(
    _ methods: [(method: MethodEndpoint<Request, Reply>, locality: Locality)],
    on transport: Transport, model: QueueModel, _ rules: LoadBalancing = .init()
  ) {
    let own = transport.node.locality
    self.init(
      methods.map { Alternative($0.method, distance: own.distance(to: $0.locality)) },
      on: transport, model: model, rules)
  }

  // MARK: Calling

  /// Sends a request to whoever answers soonest, as far as is known.
  ///
  /// - Parameters:
  ///   - permission: What may happen twice.
  ///   - timeout: How long it may take altogether; nil: for ever.
  /// - Throws: ``ReplyError`` of whoever had the last word; ``LoadBalancingError``;
  ///   `CancellationError`.
  public func call(
    _ request: Request, repeating permission: RepeatPermission, timeout: Duration? = nil
  ) async throws -> Reply {
    guard !alternatives.isEmpty else { throw LoadBalancingError.noAlternatives }
    let deadline = timeout.map { transport.node.clock.now.offset + $0 }
    var backoff = Backoff(rules.backoff, stableAfter: .zero)
    var round = 1
    while true {
      let failure: ReplyError
      switch try await tryEach(request, permission, deadline) {
      case .success(let reply): return reply
      case .failure(let error): failure = error
      }
      if let rounds = rules.rounds, round >= rounds {
        throw LoadBalancingError.allFailed(last: failure)
      }
      round += 1
      try await rest(&backoff, deadline)
    }
  }

  /// Asks one after the other; the last failure after which one may go on, if none answers.
  private func tryEach(
    _ request: Request, _ permission: RepeatPermission, _ deadline: Duration?
  ) async throws -> Result<Reply, ReplyError> {
    var untried = Array(alternatives.indices)
    var failure = ReplyError.notDelivered("no endpoint can be reached")
    while let (first, second) = choose(from: untried) {
      try checkTime(deadline)
      let hedge = permission.contains(.duplicate) ? second : nil
      let outcome = try await ask(first, hedge, request, deadline)
      switch outcome.result {
      case .success(let reply): return .success(reply)
      case .failure(let error):
        guard mayGoOn(after: error, permission) else { throw error }
        failure = error
        untried.removeAll { $0 == first || outcome.usedHedge && $0 == hedge }
      }
    }
    return .failure(failure)
  }

  private func mayGoOn(after error: ReplyError, _ permission: RepeatPermission) -> Bool {
    if isFinal(error) { return false }
    return !error.mayHaveHappened || permission.contains(.retry)
  }

  /// Whether it is an answer, or nothing that another endpoint could mend.
  private func isFinal(_ error: ReplyError) -> Bool {
    switch error {
    case .failed, .deadlineExceeded, .undecodableRequest, .undecodableReply, .closed: true
    case .notDelivered, .overloaded, .endpointNotFound, .maybeDelivered, .brokenPromise: false
    }
  }

  private func checkTime(_ deadline: Duration?) throws {
    try Task.checkCancellation()
    if let deadline, deadline <= transport.node.clock.now.offset {
      throw ReplyError.deadlineExceeded
    }
  }

  /// Waits, and finds out meanwhile who is back.
  private func rest(_ backoff: inout Backoff, _ deadline: Duration?) async throws {
    for alternative in alternatives { transport.probe(alternative.method.endpoint.address) }
    let now = transport.node.clock.now.offset
    var end = now + backoff.fail(transport.node.random)
    if let deadline { end = min(end, deadline) }
    try await transport.node.clock.sleep(until: .init(offset: end))
    try checkTime(deadline)
  }

  // MARK: Choosing

  /// The best endpoint that can be asked, and the next best; nil if there is none.
  private func choose(from untried: [Int]) -> (Int, Int?)? {
    let now = transport.node.clock.now.offset
    // Where all are equal, not everybody shall choose the same.
    let offset = transport.node.random.int(in: 0..<alternatives.count)
    let usable = untried.filter { isUsable($0, at: now) }
    let ranked = usable.map { index in
      let alternative = alternatives[index]
      return (
        distance: alternative.distance,
        load: model.estimate(of: alternative.method.endpoint).outstanding,
        turn: (index + offset) % alternatives.count, index: index
      )
    }.sorted {
      ($0.distance, $0.load, $0.turn) < ($1.distance, $1.load, $1.turn)
    }
    guard let best = ranked.first else { return nil }
    return (best.index, ranked.dropFirst().first?.index)
  }

  private func isUsable(_ index: Int, at now: Duration) -> Bool {
    let endpoint = alternatives[index].method.endpoint
    return transport.failures.status(of: endpoint) != .failed
      && model.estimate(of: endpoint).failedUntil <= now
  }

  // MARK: Asking

  private struct Outcome: Sendable {
    var result: Result<Reply, ReplyError>
    var usedHedge = false
  }

  /// Asks one endpoint, and another one if that takes long.
  private func ask(
    _ first: Int, _ second: Int?, _ request: Request, _ deadline: Duration?
  ) async throws -> Outcome {
    guard let second,
      let delay = model.hedgeDelay(
        for: alternatives[second].method.endpoint, rules.hedgeDelay)
    else { return Outcome(result: try await ask(first, request, deadline)) }
    return try await askBoth(first, second, after: delay, request, deadline)
  }

  private func askBoth(
    _ first: Int, _ second: Int, after delay: Duration, _ request: Request,
    _ deadline: Duration?
  ) async throws -> Outcome {
    let clock = transport.node.clock
    return try await withThrowingTaskGroup(of: Result<Reply, ReplyError>?.self) { group in
      defer { group.cancelAll() }
      group.addTask(name: "request") { try await ask(first, request, deadline) }
      group.addTask(name: "hedge delay") {
        try await clock.sleep(for: delay)
        return nil
      }
      var usedHedge = false
      var failure: Result<Reply, ReplyError>?
      var underWay = 1
      while underWay > 0, let result = try await group.next() {
        switch result {
        case nil:
          usedHedge = true
          underWay += 1
          model.hedged()
          group.addTask(name: "hedged request") { try await ask(second, request, deadline) }
        case .success(let reply): return Outcome(result: .success(reply), usedHedge: usedHedge)
        case .failure(let error):
          underWay -= 1
          failure = worse(failure, error)
          if isFinal(error) { underWay = 0 }
        }
      }
      return Outcome(result: failure!, usedHedge: usedHedge)
    }
  }

  /// Of two failures, the one that says that the request may have been carried out.
  private func worse(
    _ one: Result<Reply, ReplyError>?, _ other: ReplyError
  ) -> Result<Reply, ReplyError> {
    if case .failure(let error) = one, error.mayHaveHappened { return .failure(error) }
    return .failure(other)
  }

  private func ask(
    _ index: Int, _ request: Request, _ deadline: Duration?
  ) async throws -> Result<Reply, ReplyError> {
    let method = alternatives[index].method
    let ticket = model.begin(method.endpoint)
    let timeout = deadline.map { max(.zero, $0 - transport.node.clock.now.offset) }
    do {
      let reply = try await transport.bind(method).tryGetReply(request, timeout: timeout)
      model.end(ticket, isAnswered: true, penalty: (reply as? any LoadBalancedReply)?.penalty)
      return .success(reply)
    } catch let error as ReplyError {
      let rest = error == .overloaded ? rules.restWhenOverloaded : .zero
      model.end(ticket, isAnswered: false, rest: rest)
      return .failure(error)
    } catch {
      model.end(ticket, isAnswered: false)
      throw error
    }
  }
}
