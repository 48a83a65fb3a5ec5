//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// How requests of a fan-out are sent; see ``RemoteMethod``.
public enum FanOutDelivery: Sendable, Hashable {
  /// Once each.
  case once
  /// Again after each loss of a connection, until there is an answer.
  case untilAnswered
  /// The same, until an endpoint could not be reached for so long.
  case unlessFailed(for: Duration)
}

/// What one endpoint of a fan-out answered.
public struct FanOutReply<Reply: Sendable>: Sendable {
  /// Its place among the endpoints that were asked, from 0.
  public let index: Int
  /// Who answered.
  public let endpoint: Endpoint
  /// What.
  public let reply: Reply
}

/// Why one endpoint of a fan-out didn't answer.
public struct FanOutFailure: Sendable, Hashable {
  /// Its place among the endpoints that were asked, from 0.
  public let index: Int
  /// Who didn't answer.
  public let endpoint: Endpoint
  /// Why.
  public let error: ReplyError
}

/// Why a fan-out has no result.
public enum FanOutError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is nobody to ask.
  case nobodyToAsk
  /// Fewer answered than were needed, or could have: how many were needed, how many did, and why
  /// the others didn't.
  case tooFewAnswers(needed: Int, of: Int, answers: Int, failures: [FanOutFailure])

  public var description: String {
    switch self {
    case .nobodyToAsk: return "there is nobody to ask"
    case .tooFewAnswers(let needed, let count, let answers, let failures):
      let last = failures.last.map { "; the last failure, of \($0.endpoint): \($0.error)" } ?? ""
      return "\(answers) of \(count) endpoints answered, and \(needed) were needed\(last)"
    }
  }
}

extension Transport {
  /// Asks all endpoints, and waits for all answers.
  ///
  /// - Returns: The answers, in the order of the endpoints.
  /// - Throws: ``FanOutError``, as soon as one fails; the others are cancelled.
  ///   `CancellationError`.
  public func fanOutAll<Request, Reply>(
    _ methods: [MethodEndpoint<Request, Reply>], _ request: Request,
    _ delivery: FanOutDelivery = .untilAnswered, timeout: Duration? = nil
  ) async throws -> [FanOutReply<Reply>]
  where Request: Encodable & Sendable, Reply: Decodable & Sendable {
    let replies = try await fanOutQuorum(
      methods.count, of: methods, request, delivery, timeout: timeout)
    return replies.sorted { $0.index < $1.index }
  }

  /// Asks all endpoints, and gives the first that answers; the others are cancelled.
  ///
  /// - Throws: ``FanOutError``, if all fail. `CancellationError`.
  public func fanOutRace<Request, Reply>(
    _ methods: [MethodEndpoint<Request, Reply>], _ request: Request,
    _ delivery: FanOutDelivery = .untilAnswered, timeout: Duration? = nil
  ) async throws -> FanOutReply<Reply>
  where Request: Encodable & Sendable, Reply: Decodable & Sendable {
    try await fanOutQuorum(1, of: methods, request, delivery, timeout: timeout)[0]
  }

  /// Asks all endpoints, and waits for so many answers; the others are cancelled.
  ///
  /// - Parameter needed: How many, at least 1.
  /// - Returns: The answers, in the order in which they came.
  /// - Throws: ``FanOutError``, as soon as so many cannot come any more. `CancellationError`.
  public func fanOutQuorum<Request, Reply>(
    _ needed: Int, of methods: [MethodEndpoint<Request, Reply>], _ request: Request,
    _ delivery: FanOutDelivery = .untilAnswered, timeout: Duration? = nil
  ) async throws -> [FanOutReply<Reply>]
  where Request: Encodable & Sendable, Reply: Decodable & Sendable {
    if methods.isEmpty { throw FanOutError.nobodyToAsk }
    precondition(needed >= 1, "fanOutQuorum: \(needed) answers are needed; give at least 1")
    var replies: [FanOutReply<Reply>] = []
    var failures: [FanOutFailure] = []
    let isEnough = {
      replies.count >= needed || failures.count > methods.count - needed
    }
    if needed <= methods.count {
      try await ask(methods, request, delivery, timeout) { result in
        switch result {
        case .success(let reply): replies.append(reply)
        case .failure(let failure): failures.append(failure)
        }
        return !isEnough()
      }
    }
    if replies.count >= needed { return replies }
    throw FanOutError.tooFewAnswers(
      needed: needed, of: methods.count, answers: replies.count, failures: failures)
  }

  /// Asks all endpoints, and gives what came of each, in the order of the endpoints.
  ///
  /// - Throws: ``FanOutError/nobodyToAsk``. `CancellationError`.
  public func fanOutAllPartial<Request, Reply>(
    _ methods: [MethodEndpoint<Request, Reply>], _ request: Request,
    _ delivery: FanOutDelivery = .once, timeout: Duration? = nil
  ) async throws -> [(endpoint: Endpoint, result: Result<Reply, ReplyError>)]
  where Request: Encodable & Sendable, Reply: Decodable & Sendable {
    if methods.isEmpty { throw FanOutError.nobodyToAsk }
    var results: [Result<Reply, ReplyError>?] = Array(repeating: nil, count: methods.count)
    try await ask(methods, request, delivery, timeout) { result in
      switch result {
      case .success(let reply): results[reply.index] = .success(reply.reply)
      case .failure(let failure): results[failure.index] = .failure(failure.error)
      }
      return true
    }
    return zip(methods, results).map { ($0.endpoint, $1!) }
  }

  private enum Single<Reply: Sendable>: Sendable {
    case success(FanOutReply<Reply>)
    case failure(FanOutFailure)
  }

  /// - Parameter each: Takes what came of each, as it comes; false ends it.
  private func ask<Request, Reply>(
    _ methods: [MethodEndpoint<Request, Reply>], _ request: Request, _ delivery: FanOutDelivery,
    _ timeout: Duration?, each: (Single<Reply>) -> Bool
  ) async throws where Request: Encodable & Sendable, Reply: Decodable & Sendable {
    try await withThrowingTaskGroup(of: Single<Reply>.self) { group in
      for (index, method) in methods.enumerated() {
        group.addTask(name: "fan-out") {
          do {
            let reply = try await self.ask(method, request, delivery, timeout)
            return .success(FanOutReply(index: index, endpoint: method.endpoint, reply: reply))
          } catch let error as ReplyError {
            return .failure(FanOutFailure(index: index, endpoint: method.endpoint, error: error))
          }
        }
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if !each(result) { return }
      }
    }
  }

  private func ask<Request, Reply>(
    _ method: MethodEndpoint<Request, Reply>, _ request: Request, _ delivery: FanOutDelivery,
    _ timeout: Duration?
  ) async throws -> Reply where Request: Encodable & Sendable, Reply: Decodable & Sendable {
    let method = bind(method)
    return switch delivery {
    case .once: try await method.tryGetReply(request, timeout: timeout)
    case .untilAnswered: try await method.getReply(request, timeout: timeout)
    case .unlessFailed(let limit):
      try await method.getReplyUnlessFailed(for: limit, request, timeout: timeout)
    }
  }
}
