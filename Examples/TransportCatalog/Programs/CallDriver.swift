//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolTransport

/// Makes one call after the other.
struct CallDriver: Sendable {
  let transport: Transport
  let servers: [NetworkAddress]
  let until: Duration
  /// Whether all ways to call, and all that can come of it, are to be seen.
  let seesAll: Bool

  private var node: Node { transport.node }

  func run(_ kinds: [CallKind]) async throws {
    var chains = [ChainEnd?](repeating: nil, count: servers.count)
    var givenUp: [GivenUp] = []
    while node.clock.now.offset < until {
      let kind = node.random.element(of: kinds)!
      let server = node.random.int(in: 0..<servers.count)
      let limit = limit(of: kind)
      let call = Call(
        id: node.random.next(), life: transport.incarnation, kind: kind, limit: limit)
      node.emit(CallEvent.asked(call))
      let losses = transport.failures.losses(of: servers[server])
      let end = await end(of: call, at: server, &chains[server])
      node.emit(CallEvent.ended(id: call.id, end))
      note(kind, end)
      if let call = GivenUp(call, end, of: servers[server], losses, transport) {
        givenUp.append(call)
      }
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .milliseconds(800)))
    }
    for call in givenUp {
      try await node.clock.sleep(until: .init(offset: call.time + Self.hearsay))
      if transport.failures.losses(of: call.address) == call.losses {
        node.emit(CallEvent.undisturbed(id: call.id))
      }
    }
  }

  /// Within this time whoever is connected has heard what was said, or is not connected any more:
  /// each side gives the other 3 s to say something, however slow it is.
  private static let hearsay = Duration.seconds(8)

  /// A call whose handler is to stop; or not to begin, if there is no connection yet.
  private struct GivenUp {
    let id: UInt64
    let address: NetworkAddress
    /// When it began: who gave it up may not have known of a loss yet.
    let losses: UInt64
    let time: Duration

    /// Nil: it was not given up.
    init?(
      _ call: Call, _ end: CallEnd, of address: NetworkAddress, _ losses: UInt64,
      _ transport: Transport
    ) {
      guard end == .cancelled || end == .error(.deadlineExceeded), call.kind != .here
      else { return nil }
      id = call.id
      self.address = address
      self.losses = losses
      time = transport.node.clock.now.offset
    }
  }

  private func limit(of kind: CallKind) -> Duration? {
    switch kind {
    case .onceInTime, .untilAnsweredInTime, .unlessFailed, .cancelled, .endless, .endlessInTime:
      node.random.duration(in: .milliseconds(1) ... .seconds(node.random.bool() ? 4 : 1))
    default: nil
    }
  }

  private func note(_ kind: CallKind, _ end: CallEnd) {
    guard seesAll else { return }
    assertSometimes(end == .answered, "a call is answered")
    assertSometimes(end == .error(.maybeDelivered), "a call may have been delivered")
    assertSometimes(end == .error(.overloaded), "a server has too much to do")
    assertSometimes(end == .error(.brokenPromise), "an answer is forgotten")
    assertSometimes(end == .error(.deadlineExceeded), "a call takes too long")
    assertSometimes(end == .cancelled, "a call is cancelled")
    if case .error(.notDelivered) = end { assertReachable("a call is not delivered") }
    assertSometimes(kind == .stream && end == .answered, "a stream comes to its end")
    assertSometimes(kind == .chained && end == .answered, "a chain grows")
  }

  private func end(
    of call: Call, at server: Int, _ chain: inout ChainEnd?
  ) async -> CallEnd {
    let size = node.random.bool(probability: 0.03) ? 20_000 : node.random.int(in: 0...64)
    let byte = UInt8(truncatingIfNeeded: call.id)
    var question = Question(id: call.id, block: [UInt8](repeating: byte, count: size))
    let address = call.kind == .here ? transport.address! : servers[server]
    do {
      switch call.kind {
      case .stream, .leftStream:
        question.count = node.random.int(in: 0...40)
        return try await stream(question, from: address, leaves: call.kind == .leftStream)
      case .chained:
        return try await append(question, at: address, to: &chain)
      case .cancelled, .endless:
        return try await cancelled(call, question, at: address)
      default:
        return try await single(call, question, at: address)
      }
    } catch let error as ReplyError {
      return .error(error)
    } catch is CancellationError {
      return .cancelled
    } catch {
      return .wrong("\(error)")
    }
  }

  // MARK: Kinds

  private func single(
    _ call: Call, _ question: Question, at address: NetworkAddress
  ) async throws -> CallEnd {
    let method: RemoteMethod<Question, UInt64> = transport.method(at: address, call.kind.token)
    let answer: UInt64
    switch call.kind {
    case .send:
      try method.send(question)
      return .answered
    case .once, .onceInTime, .endlessInTime, .here:
      answer = try await method.tryGetReply(question, timeout: call.limit)
    case .unlessFailed:
      answer = try await method.getReplyUnlessFailed(for: call.limit!, question)
    default:
      answer = try await method.getReply(question, timeout: call.limit)
    }
    return answer == question.answer ? .answered : .wrong("\(answer)")
  }

  private func cancelled(
    _ call: Call, _ question: Question, at address: NetworkAddress
  ) async throws -> CallEnd {
    let method: RemoteMethod<Question, UInt64> = transport.method(at: address, call.kind.token)
    return try await withThrowingTaskGroup(of: CallEnd?.self) { [node] group in
      group.addTask(name: "call") {
        let answer = try await method.getReply(question)
        return answer == question.answer ? .answered : .wrong("\(answer)")
      }
      group.addTask(name: "canceller") {
        try? await node.clock.sleep(for: call.limit!)
        return nil
      }
      defer { group.cancelAll() }
      if let first = try await group.next(), let end = first { return end }
      group.cancelAll()
      return try await group.next()!!
    }
  }

  private func append(
    _ question: Question, at address: NetworkAddress, to chain: inout ChainEnd?
  ) async throws -> CallEnd {
    let method: RemoteMethod<Link, ChainEnd> = transport.method(at: address, Place.chain)
    let link = Link(question: question, caller: transport.incarnation)
    let before = chain
    chain = nil
    let end = try await method.getReply(link)
    chain = end
    guard let before, before.life == end.life else {
      // A new server; or the first block since one whose fate is not known.
      return .answered
    }
    let expected = before.appending(question.block)
    return end == expected ? .answered : .wrong("\(end) instead of \(expected)")
  }

  private func stream(
    _ question: Question, from address: NetworkAddress, leaves: Bool
  ) async throws -> CallEnd {
    let method = transport.bind(
      StreamEndpoint<Question, UInt64>(Endpoint(address: address, token: Place.stream)))
    let credit = node.random.int(in: 1...16 as ClosedRange<UInt32>)
    let most = leaves ? node.random.int(in: 0...question.count) : .max
    var count: UInt64 = 0
    for try await element in try method.elements(question, credit: credit) {
      guard element == question.answer ^ count else {
        return .wrong("element \(count) is \(element ^ question.answer)")
      }
      count += 1
      if count >= UInt64(most) { return .left }
    }
    return count == UInt64(question.count) ? .answered : .wrong("only \(count) elements")
  }
}
