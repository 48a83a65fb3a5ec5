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

  private var node: Node { transport.node }

  func run(_ kinds: [CallKind]) async throws {
    var chains = [ChainEnd?](repeating: nil, count: servers.count)
    while node.clock.now.offset < until {
      let kind = node.random.element(of: kinds)!
      let server = node.random.int(in: 0..<servers.count)
      let limit = limit(of: kind)
      let call = Call(
        id: node.random.next(), life: transport.incarnation, kind: kind, limit: limit)
      node.emit(CallEvent.asked(call))
      let end = await end(of: call, at: server, &chains[server])
      node.emit(CallEvent.ended(id: call.id, end))
      note(kind, end)
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .milliseconds(800)))
    }
  }

  private func limit(of kind: CallKind) -> Duration? {
    switch kind {
    case .onceInTime, .untilAnsweredInTime, .unlessFailed, .cancelled:
      node.random.duration(in: .milliseconds(1) ... .seconds(node.random.bool() ? 4 : 1))
    default: nil
    }
  }

  private func note(_ kind: CallKind, _ end: CallEnd) {
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
      case .cancelled:
        return try await cancelled(question, at: address, after: call.limit!)
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
    let token =
      switch call.kind {
      case .suppressed: Place.suppressed
      case .nowhere: Place.nowhere
      default: Place.plain
      }
    let method: RemoteMethod<Question, UInt64> = transport.method(at: address, token)
    let answer: UInt64
    switch call.kind {
    case .send:
      try method.send(question)
      return .answered
    case .once, .onceInTime, .here:
      answer = try await method.tryGetReply(question, timeout: call.limit)
    case .unlessFailed:
      answer = try await method.getReplyUnlessFailed(for: call.limit!, question)
    default:
      answer = try await method.getReply(question, timeout: call.limit)
    }
    return answer == question.answer ? .answered : .wrong("\(answer)")
  }

  private func cancelled(
    _ question: Question, at address: NetworkAddress, after time: Duration
  ) async throws -> CallEnd {
    let method: RemoteMethod<Question, UInt64> = transport.method(at: address, Place.plain)
    return try await withThrowingTaskGroup(of: CallEnd?.self) { [node] group in
      group.addTask(name: "call") {
        let answer = try await method.getReply(question)
        return answer == question.answer ? .answered : .wrong("\(answer)")
      }
      group.addTask(name: "canceller") {
        try? await node.clock.sleep(for: time)
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
