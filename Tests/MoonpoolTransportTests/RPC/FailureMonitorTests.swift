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

/// What a node knows of others.
@Suite struct FailureMonitorTests {
  private static func answering(_ node: Node, _ transport: Transport) throws {
    try transport.serve(at: .wellKnown(7)) { (question: Question, _) in question.number }
  }

  private static func ask(
    _ transport: Transport, _ address: NetworkAddress, _ token: UID = .wellKnown(7)
  ) async throws -> Int {
    let method: RemoteMethod<Question, Int> = transport.method(at: address, token)
    return try await method.tryGetReply(Question(number: 1))
  }

  /// Runs what looks, beside a node that is down from 5 s to 9 s.
  private static func run(
    _ configuration: TransportConfiguration = .init(),
    _ look: @escaping @Sendable (Node, Transport, NetworkAddress) async throws -> Void
  ) -> SimulationReport {
    Scenario.calls(
      with: [.crash(at: .seconds(5), for: .seconds(4))], configuration, serving: answering,
      calling: look
    ).run(seed: 1)
  }

  @Test func statusFollowsConnections() {
    let report = Self.run { node, transport, b in
      func say() {
        let status = transport.failures.status(of: b)
        let same = transport.failures.status(of: Endpoint(address: b, token: .wellKnown(7)))
        node.logger.info("status", metadata: ["is": "\(status)", "same": "\(status == same)"])
      }
      say()
      _ = try await Self.ask(transport, b)
      say()
      try await transport.failures.wait(until: b, is: .failed)
      say()
      let before = node.clock.now.offset
      while transport.failures.status(of: b) != .available {
        transport.probe(b)
        try await node.clock.sleep(for: .milliseconds(100))
      }
      say()
      node.logger.info("away", metadata: ["s": "\((node.clock.now.offset - before) / .seconds(1))"])
      // There is one: it asks for none.
      transport.probe(b)
      node.logger.info("losses", metadata: ["n": "\(transport.failures.losses(of: b) > 1)"])
    }
    #expect(
      report.said("status", by: "a", "is") == ["unknown", "available", "failed", "available"])
    #expect(Set(report.said("status", by: "a", "same")) == ["true"])
    #expect(report.said("losses", by: "a", "n") == ["true"])
  }

  @Test func noLossIsMissed() {
    let report = Self.run { node, transport, b in
      _ = try await Self.ask(transport, b)
      let before = transport.failures.losses(of: b)
      try await node.clock.sleep(for: .seconds(12))
      await node.note("again") { try await Self.ask(transport, b) }
      while transport.failures.status(of: b) != .available {
        transport.probe(b)
        try await node.clock.sleep(for: .milliseconds(500))
      }
      // It was lost, and is there again, before anybody waits.
      let start = node.clock.now
      try await transport.failures.waitForLoss(of: b, after: before)
      node.logger.info("waited", metadata: ["is": "\(start.duration(to: node.clock.now))"])
      let now = transport.failures.losses(of: b)
      let waiter = Task {
        await node.note("loss") { try await transport.failures.waitForLoss(of: b, after: now) }
      }
      try await node.clock.sleep(for: .seconds(5))
      node.logger.info("cancel")
      waiter.cancel()
      await waiter.value
    }
    #expect(report.said("waited", by: "a", "is") == ["0.0 seconds"])
    #expect(report.said("loss", by: "a", "is") == ["CancellationError()"])
    let order = report.timeline.map(\.name).filter { $0 == "cancel" || $0 == "loss" }
    #expect(order == ["cancel", "loss"])
  }

  @Test func everybodyWhoWaitsHearsOfTheSameLoss() {
    let report = Self.run { node, transport, b in
      _ = try await Self.ask(transport, b)
      let losses = transport.failures.losses(of: b)
      await withTaskGroup { group in
        for _ in 1...3 {
          group.addTask {
            await node.note("loss") {
              try await transport.failures.waitForLoss(of: b, after: losses)
            }
          }
        }
      }
    }
    #expect(report.said("loss", by: "a", "is") == ["()", "()", "()"])
    let times = report.timeline.filter { $0.name == "loss" }.map(\.time)
    // Found out by a question that nobody answered, 3 s after the last word.
    #expect(times.allSatisfy { (.seconds(5) ... .seconds(9.5)).contains($0) }, "\(times)")
  }

  @Test func onlyWhatIsNotWellKnownIsGone() {
    var configuration = TransportConfiguration()
    configuration.failedEndpointLimit = 2
    let report = Self.run(configuration) { node, transport, b in
      let tokens = (1...3).map { UID(first: 77, second: $0) } + [.wellKnown(9)]
      for token in tokens {
        await node.note("result") { try await Self.ask(transport, b, token) }
        let gone = tokens.map { token in
          let endpoint = Endpoint(address: b, token: token)
          let isFailed = transport.failures.status(of: endpoint) == .failed
          return transport.failures.isGone(endpoint) && isFailed ? "1" : "0"
        }
        node.logger.info("gone", metadata: ["are": "\(gone.joined())"])
      }
    }
    #expect(Set(report.said("result", by: "a", "is")) == ["endpointNotFound"])
    // Beyond the limit all are forgotten.
    #expect(report.said("gone", by: "a", "are") == ["1000", "1100", "0010", "0010"])
  }

  @Test func whoeverWaitsForAServiceStillGivesUpWhenItsNodeFails() throws {
    // It hears of the loss at once, while it rests before it asks again.
    let kill = Chaos.by { faults in
      try await faults.sleep(for: .seconds(5))
      faults.reboot(faults.cluster.processes[1], .kill, recovery: .seconds(100))
    }
    let report = Scenario.calls(with: [kill], serving: { _, _ in }) { node, transport, b in
      let method: RemoteMethod<Question, Int> = transport.method(at: b, .wellKnown(7))
      await node.note("result") {
        try await method.getReplyUnlessFailed(for: .seconds(7), Question(number: 1))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["maybeDelivered"])
    let result = try #require(report.timeline.first { $0.name == "result" })
    #expect((.seconds(12) ... .seconds(12.1)).contains(result.time), "\(result.time)")
  }
}
