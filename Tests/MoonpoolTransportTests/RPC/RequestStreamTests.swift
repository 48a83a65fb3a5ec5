//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import MoonpoolTransport
import Testing

/// Requests that are answered by hand.
@Suite struct RequestStreamTests {
  private typealias Requests = RequestStream<Question, Int>

  private static func serve(
    _ options: ServeOptions = .init(),
    _ work: @escaping @Sendable (Node, Transport, RequestStream<Question, Int>) async throws -> Void
  ) -> @Sendable (Node, Transport) async throws -> Void {
    { node, transport in
      let (_, requests) =
        try transport.requests(at: .wellKnown(7), options)
        as (MethodEndpoint<Question, Int>, Requests)
      try await work(node, transport, requests)
    }
  }

  private static func method(
    _ transport: Transport, _ address: NetworkAddress
  ) -> RemoteMethod<Question, Int> { transport.method(at: address, .wellKnown(7)) }

  @Test func promisesAreKeptAndBroken() {
    let report = Scenario.calls(
      serving: Self.serve { node, transport, requests in
        for await element in requests {
          switch element.request.number {
          case 1:
            node.logger.info("answer", metadata: ["is": "\(element.reply.send(10))"])
            node.logger.info("answer", metadata: ["is": "\(element.reply.send(11))"])
            node.logger.info(
              "answer", metadata: ["is": "\(element.reply.send(error: Mistake(code: 1)))"])
          case 2: element.reply.send(error: Mistake(code: 2))
          // Let go of.
          case 3: break
          default:
            // Answered later, by somebody else, after the next one.
            let reply = element.reply
            _ = node.tasks.spawn("later") {
              try await node.clock.sleep(for: .seconds(1))
              reply.send(40)
            }
          }
        }
      }
    ) { node, transport, b in
      let ask = Self.method(transport, b)
      for number in 1...4 {
        await node.note("result") { try await ask.tryGetReply(Question(number: number)) }
      }
    }.run(seed: 1)
    #expect(
      report.said("result", by: "a", "is") == [
        "10", "failed: Mistake: Mistake(code: 2)", "brokenPromise", "40",
      ])
    #expect(report.said("answer", by: "b", "is") == ["true", "false", "false"])
  }

  @Test func whatCannotBeReadIsAnsweredAndNotGiven() {
    let report = Scenario.calls(
      serving: Self.serve { node, transport, requests in
        for await element in requests {
          node.logger.info("given", metadata: ["n": "\(element.request.number)"])
          element.reply.send(element.request.number)
        }
      }
    ) { node, transport, b in
      let other: RemoteMethod<[String], Int> = transport.method(at: b, .wellKnown(7))
      await node.note("result") { try await other.getReply(["no question"]) }
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 2))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["undecodableRequest", "2"])
    #expect(report.said("given", by: "b", "n") == ["2"])
  }

  @Test func whatWaitsAtTheEndIsABrokenPromise() {
    let report = Scenario.calls(
      serving: Self.serve { node, transport, requests in
        var requests = requests.makeAsyncIterator()
        let first = await requests.next()
        try await node.clock.sleep(for: .seconds(1))
        transport.stopServing(.wellKnown(7))
        // What was taken before can be answered.
        first?.reply.send(1)
        let next = await requests.next()
        node.logger.info("next", metadata: ["is": next == nil ? "nil" : "more"])
      }
    ) { node, transport, b in
      await withTaskGroup { group in
        for number in 1...3 {
          group.addTask {
            await node.note("result") {
              try await Self.method(transport, b).tryGetReply(Question(number: number))
            }
          }
        }
      }
      await node.note("result") {
        try await Self.method(transport, b).tryGetReply(Question(number: 4))
      }
    }.run(seed: 1)
    let results = report.said("result", by: "a", "is")
    #expect(results.prefix(3).sorted() == ["1", "brokenPromise", "brokenPromise"])
    #expect(results.last == "endpointNotFound")
    #expect(report.said("next", by: "b", "is") == ["nil"])
  }

  @Test func whatIsTooLateOrGivenUpIsNotGiven() {
    // Nobody can tell the other side that the first one's time is over.
    let report = Scenario.calls(
      with: [.cut(from: .seconds(1), for: .seconds(30))],
      serving: Self.serve { node, transport, requests in
        try await node.clock.sleep(for: .seconds(5))
        for await element in requests {
          let left = element.context.deadline.map { $0 > node.clock.now }
          node.logger.info(
            "given", metadata: ["n": "\(element.request.number)", "left": "\(left as Bool?)"])
          element.reply.send(element.request.number)
        }
      }
    ) { node, transport, b in
      let ask = Self.method(transport, b)
      let cancelled = Task {
        await node.note("cancelled") { try await ask.tryGetReply(Question(number: 3)) }
      }
      await withTaskGroup { group in
        for (number, time) in [(1, Duration.seconds(2)), (2, .seconds(9))] {
          group.addTask {
            await node.note("result") {
              try await ask.tryGetReply(Question(number: number), timeout: time)
            }
          }
        }
        try? await node.clock.sleep(for: .seconds(0.5))
        cancelled.cancel()
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["deadlineExceeded", "maybeDelivered"])
    #expect(report.said("cancelled", by: "a", "is") == ["CancellationError()"])
    #expect(report.said("given", by: "b", "n") == ["2"])
    #expect(report.said("given", by: "b", "left") == ["Optional(true)"])
  }

  @Test func thereIsNoMoreRoomThanWasGiven() {
    let report = Scenario.calls(
      serving: Self.serve(ServeOptions(queueLimit: 2)) { node, transport, requests in
        try await node.clock.sleep(for: .seconds(5))
        for await element in requests { element.reply.send(element.request.number) }
      }
    ) { node, transport, b in
      let ask = Self.method(transport, b)
      await withTaskGroup { group in
        for number in 1...4 {
          group.addTask {
            await node.note("result") { try await ask.tryGetReply(Question(number: number)) }
          }
        }
      }
    }.run(seed: 1)
    let results = report.said("result", by: "a", "is")
    #expect(results.prefix(2) == ["overloaded", "overloaded"])
    #expect(results.count { Int($0) != nil } == 2)
  }

  @Test(arguments: [true, false]) func whatComesAgainIsGivenOnce(isSuppressed: Bool) {
    var options = ServeOptions()
    if isSuppressed { options.duplicates = DuplicateSuppression() }
    let report = Scenario.calls(
      with: [.cut(from: .seconds(2), for: .seconds(6))],
      serving: Self.serve(options) { node, transport, requests in
        for await element in requests {
          node.logger.info("given", metadata: ["n": "\(element.request.number)"])
          // The first answer goes nowhere: there is no connection then.
          try await node.clock.sleep(for: .seconds(element.request.number == 1 ? 6 : 0))
          element.reply.send(element.request.number)
        }
      }
    ) { node, transport, b in
      for number in 1...2 {
        await node.note("result") {
          try await Self.method(transport, b).getReply(Question(number: number))
        }
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["1", "2"])
    #expect(report.said("given", by: "b", "n") == (isSuppressed ? ["1", "2"] : ["1", "1", "2"]))
  }
}
