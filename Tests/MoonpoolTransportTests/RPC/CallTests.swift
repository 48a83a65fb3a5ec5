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

/// What each way to call promises, between simulated nodes.
@Suite struct CallTests {
  /// Answers a question with its number, after some time.
  private static func answering(
    after time: Duration = .zero, at token: UID = .wellKnown(7), _ options: ServeOptions = .init()
  ) -> @Sendable (Node, Transport) async throws -> Void {
    { node, transport in
      try transport.serve(at: token, options) { (question: Question, _) async throws -> Int in
        node.logger.info("begun", metadata: ["n": "\(question.number)"])
        do {
          try await node.clock.sleep(for: time)
        } catch {
          node.logger.info("cancelled", metadata: ["n": "\(question.number)"])
          throw error
        }
        node.logger.info("done", metadata: ["n": "\(question.number)"])
        return question.number
      }
    }
  }

  private static func method(
    _ transport: Transport, _ address: NetworkAddress, _ token: UID = .wellKnown(7)
  ) -> RemoteMethod<Question, Int> { transport.method(at: address, token) }

  // MARK: Answers

  @Test func eachModeGetsItsAnswer() {
    let report = Scenario.calls(serving: Self.answering()) { node, transport, b in
      let ask = Self.method(transport, b)
      await node.note("try") { try await ask.tryGetReply(Question(number: 1)) }
      await node.note("get") { try await ask.getReply(Question(number: 2)) }
      await node.note("unless") {
        try await ask.getReplyUnlessFailed(for: .seconds(1), Question(number: 3))
      }
      await node.note("send") { try ask.send(Question(number: 4)) }
    }.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    #expect(report.said("try", by: "a", "is") == ["1"])
    #expect(report.said("get", by: "a", "is") == ["2"])
    #expect(report.said("unless", by: "a", "is") == ["3"])
    #expect(report.said("send", by: "a", "is") == ["()"])
    #expect(report.said("done", by: "b", "n") == ["1", "2", "3", "4"])
  }

  @Test func aNodeCallsItself() {
    let report = Scenario.calls(serving: { _, _ in }) { node, transport, _ in
      try await Self.answering()(node, transport)
      let own = Self.method(transport, try await node.desk("a"))
      await node.note("result") { try await own.getReply(Question(number: 1)) }
      await node.note("result") { try await own.tryGetReply(Question(number: 2)) }
      await node.note("sent") { try own.send(Question(number: 3)) }
      let other = Self.method(transport, try await node.desk("a"), .wellKnown(8))
      await node.note("result") { try await other.tryGetReply(Question(number: 4)) }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["1", "2", "endpointNotFound"])
    #expect(report.said("done", by: "a", "n") == ["1", "2", "3"])
  }

  @Test func manyCallsAtOnceGetTheirOwnAnswers() {
    let report = Scenario.calls(serving: Self.answering(after: .milliseconds(5))) {
      node, transport, b in
      let ask = Self.method(transport, b)
      let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<500 {
          group.addTask { try await ask.getReply(Question(number: number)) != number }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      node.logger.info("wrong", metadata: ["is": "\(wrong)"])
    }.run(seed: 1)
    #expect(report.said("wrong", by: "a", "is") == ["0"])
    #expect(report.said("done", by: "b", "n").count == 500)
  }

  @Test func aTransportWithoutAnAddressGetsAnswersToo() {
    let report = Scenario.calls(serving: Self.answering()) { node, _, b in
      let transport = Transport.calling(on: node)
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 1))
      }
      await node.note("serve") {
        try transport.serve { (question: Question, _) in question.number }
      }
      transport.close()
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 1))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["1", "closed"])
    #expect(
      report.said("serve", by: "a", "is") == [
        "nobody can call this node: make its transport with listening(on:port:)"
      ])
  }

  // MARK: Errors

  @Test func everyErrorIsNamed() {
    var configuration = TransportConfiguration()
    configuration.link.packetLimit = 2_000
    let report = Scenario.calls(configuration) { node, transport in
      try transport.serve(at: .wellKnown(7)) { (question: Question, _) async throws -> String in
        switch question.number {
        case 1: throw Mistake(code: 41)
        case 2: throw CancellationError()
        case 3: return String(repeating: "x", count: 3_000)
        default: return "fine"
        }
      }
    } calling: { node, transport, b in
      let ask: RemoteMethod<Question, String> = transport.method(at: b, .wellKnown(7))
      for number in 1...4 {
        await node.note("result") { try await ask.tryGetReply(Question(number: number)) }
      }
      let long = Question(number: 5, text: String(repeating: "x", count: 3_000))
      await node.note("result") { try await ask.getReply(long) }
      let other: RemoteMethod<[String], String> = transport.method(at: b, .wellKnown(7))
      await node.note("result") { try await other.getReply(["no question"]) }
      let number: RemoteMethod<Question, Int> = transport.method(at: b, .wellKnown(7))
      await node.note("result") { try await number.getReply(Question(number: 6)) }
      let gone = UID(first: 1, second: 2)
      await node.note("result") {
        try await Self.method(transport, b, gone).getReply(Question(number: 7))
      }
      let endpoint = Endpoint(address: b, token: gone)
      node.logger.info("gone", metadata: ["is": "\(transport.failures.isGone(endpoint))"])
      do {
        _ = try await ask.getReply(Question(number: 1))
      } catch ReplyError.failed(let failure) {
        let code = failure.error(as: Mistake.self)?.code ?? 0
        node.logger.info("code", metadata: ["is": "\(code)"])
      }
    }.run(seed: 1)
    #expect(
      report.said("result", by: "a", "is") == [
        "failed: Mistake: Mistake(code: 41)", "brokenPromise", "undecodableReply", "fine",
        "notDelivered", "undecodableRequest", "undecodableReply", "endpointNotFound",
      ])
    #expect(report.said("code", by: "a", "is") == ["41"])
    #expect(report.said("gone", by: "a", "is") == ["true"])
  }

  @Test func whatIsTooLateIsNotBegun() {
    let report = Scenario.calls(
      serving: Self.answering(after: .seconds(3), ServeOptions(concurrency: 1))
    ) { node, transport, b in
      let ask = Self.method(transport, b)
      await withTaskGroup { group in
        for number in 1...3 {
          group.addTask {
            // The second one's turn comes when its time is over.
            let timeout = Duration.seconds(number == 2 ? 2 : 20)
            await node.note("\(number)") {
              try await ask.getReply(Question(number: number), timeout: timeout)
            }
          }
        }
      }
    }.run(seed: 1)
    #expect(report.said("1", by: "a", "is") == ["1"])
    #expect(report.said("2", by: "a", "is") == ["deadlineExceeded"])
    #expect(report.said("3", by: "a", "is") == ["3"])
    #expect(report.said("begun", by: "b", "n") == ["1", "3"])
  }

  @Test func cancellationReachesTheHandler() throws {
    let report = Scenario.calls(serving: Self.answering(after: .seconds(10))) {
      node, transport, b in
      let ask = Self.method(transport, b)
      let task = Task { await node.note("result") { try await ask.getReply(Question(number: 1)) } }
      try await node.clock.sleep(for: .seconds(2))
      task.cancel()
      await task.value
      await node.note("late") {
        try await ask.getReply(Question(number: 2), timeout: .seconds(3))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["CancellationError()"])
    #expect(report.said("late", by: "a", "is") == ["deadlineExceeded"])
    #expect(report.said("cancelled", by: "b", "n") == ["1", "2"])
    let cancelled = try #require(report.timeline.first { $0.name == "cancelled" })
    #expect(cancelled.time < .seconds(2.5))
    #expect(report.said("done", by: "b", "n") == [])
  }

  @Test func whoHasTooMuchToDoSaysSo() {
    let options = ServeOptions(concurrency: 2, queueLimit: 3)
    let report = Scenario.calls(serving: Self.answering(after: .seconds(1), options)) {
      node, transport, b in
      let ask = Self.method(transport, b)
      await withTaskGroup { group in
        for number in 1...8 {
          group.addTask {
            await node.note("result") { try await ask.getReply(Question(number: number)) }
          }
        }
      }
    }.run(seed: 1)
    let results = report.said("result", by: "a", "is")
    #expect(results.count { $0 == "overloaded" } == 3 && results.count == 8, "\(results)")
    #expect(report.said("done", by: "b", "n").count == 5)
    var (running, most) = (0, 0)
    for event in report.timeline where event.source == "b" {
      if event.name == "begun" { running += 1 }
      if event.name == "done" { running -= 1 }
      most = max(most, running)
    }
    #expect(most == 2)
  }

  // MARK: Lost connections

  @Test func tryGetReplyDoesNotLie() {
    let report = Scenario.calls(
      with: [.crash(at: .seconds(5), for: .seconds(100))],
      serving: Self.answering(after: .seconds(8))
    ) { node, transport, b in
      let ask = Self.method(transport, b)
      // Under way when the other side crashes.
      await node.note("result") { try await ask.tryGetReply(Question(number: 1)) }
      // Nobody is there.
      await node.note("result") { try await ask.tryGetReply(Question(number: 2)) }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["maybeDelivered", "notDelivered"])
    #expect(report.said("begun", by: "b", "n") == ["1"])
  }

  @Test func getReplyOutlivesACrash() {
    let report = Scenario.calls(
      with: [.crash(at: .seconds(5), for: .seconds(4))], serving: Self.answering(after: .seconds(8))
    ) { node, transport, b in
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 1))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["1"])
    #expect(report.said("begun", by: "b", "n") == ["1", "1"])
  }

  @Test(arguments: [true, false])
  func duplicatesAreSuppressedWhereThatIsPromised(isPromised: Bool) {
    // It is done while nobody is connected; then it comes again.
    let options = ServeOptions(duplicates: isPromised ? DuplicateSuppression() : nil)
    let report = Scenario.calls(
      with: [.cut(from: .seconds(2), for: .seconds(10))],
      serving: Self.answering(after: .seconds(8), options)
    ) { node, transport, b in
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 1))
      }
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 2))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["1", "2"])
    #expect(report.said("done", by: "b", "n") == (isPromised ? ["1", "2"] : ["1", "1", "2"]))
  }

  @Test func whatIsAtWorkIsNotBegunAgain() {
    let report = Scenario.calls(
      with: [.cut(from: .seconds(2), for: .seconds(5))],
      serving: Self.answering(after: .seconds(20))
    ) { node, transport, b in
      await node.note("result") {
        try await Self.method(transport, b).getReply(Question(number: 1))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["1"])
    #expect(report.said("begun", by: "b", "n") == ["1"])
  }

  @Test func unlessFailedCountsFromTheLoss() throws {
    let report = Scenario.calls(
      with: [.crash(at: .seconds(5), for: .seconds(100))],
      serving: Self.answering(after: .seconds(50))
    ) { node, transport, b in
      await node.note("result") {
        try await Self.method(transport, b).getReplyUnlessFailed(
          for: .seconds(7), Question(number: 1))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["maybeDelivered"])
    let result = try #require(report.timeline.first { $0.name == "result" })
    #expect((.seconds(12) ... .seconds(15.1)).contains(result.time), "\(result.time)")
  }

  @Test func unlessFailedBeginsAnewWhenTheOtherSideIsBack() {
    let crashes = Chaos.by { faults in
      for _ in 1...2 {
        try await faults.sleep(for: .seconds(14))
        faults.reboot(faults.cluster.processes[1], .crash, recovery: .seconds(4))
      }
    }
    let report = Scenario.calls(
      for: .seconds(70), with: [crashes], serving: Self.answering(after: .seconds(20))
    ) { node, transport, b in
      await node.note("result") {
        try await Self.method(transport, b).getReplyUnlessFailed(
          for: .seconds(9), Question(number: 1))
      }
    }.run(seed: 1)
    // Away twice for four seconds, and for what the next attempt to connect takes: never for nine.
    #expect(report.said("result", by: "a", "is") == ["1"])
    #expect(report.said("begun", by: "b", "n").count == 3)
  }

  @Test func whatIsWellKnownIsWaitedFor() {
    let report = Scenario.calls(serving: { node, transport in
      try await node.clock.sleep(for: .seconds(10))
      try await Self.answering()(node, transport)
    }) { node, transport, b in
      let ask = Self.method(transport, b)
      await node.note("try") { try await ask.tryGetReply(Question(number: 1)) }
      await node.note("get") { try await ask.getReply(Question(number: 2)) }
    }.run(seed: 1)
    #expect(report.said("try", by: "a", "is") == ["endpointNotFound"])
    #expect(report.said("get", by: "a", "is") == ["2"])
    #expect(report.said("done", by: "b", "n") == ["2"])
  }

  @Test func stoppedServicesSaySo() {
    let report = Scenario.calls(serving: { node, transport in
      try await Self.answering(after: .seconds(3), ServeOptions(concurrency: 1))(node, transport)
      try await node.clock.sleep(for: .seconds(2))
      transport.stopServing(.wellKnown(7))
      await node.note("again") { try await Self.answering()(node, transport) }
      await node.note("again") { try await Self.answering()(node, transport) }
    }) { node, transport, b in
      await withTaskGroup { group in
        for number in 1...3 {
          group.addTask {
            await node.note("result") {
              try await Self.method(transport, b).tryGetReply(Question(number: number))
            }
          }
        }
      }
    }.run(seed: 1)
    let results = report.said("result", by: "a", "is")
    #expect(results.sorted() == ["1", "brokenPromise", "brokenPromise"], "\(results)")
    #expect(report.said("again", by: "b", "is").first == "()")
    #expect(report.said("again", by: "b", "is").last?.contains("is served at token") == true)
  }

  @Test func theSameSeedGivesTheSameRun() {
    let scenario = Scenario.calls(
      with: [.crash(at: .seconds(5), for: .seconds(4))], serving: Self.answering(after: .seconds(1))
    ) { node, transport, b in
      await withTaskGroup { group in
        for number in 1...50 {
          group.addTask {
            await node.note("result") {
              try await Self.method(transport, b).getReply(Question(number: number))
            }
          }
        }
      }
    }
    #expect(scenario.run(seed: 3).run.fingerprint == scenario.run(seed: 3).run.fingerprint)
  }
}
