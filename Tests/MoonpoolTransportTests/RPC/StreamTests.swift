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

/// Answers that are streams, between simulated nodes.
@Suite struct StreamTests {
  /// Sends as many elements as it is asked for, and fails then if it is asked for that.
  private static func counting(
    each time: Duration = .zero
  ) -> @Sendable (Node, Transport) async throws -> Void {
    { node, transport in
      try transport.serveStream(at: .wellKnown(9)) {
        (question: Question, stream: ReplyStream<Int>, _) in
        do {
          for number in 0..<question.number {
            try await stream.send(number)
            node.logger.info("sent", metadata: ["n": "\(number)"])
            try await node.clock.sleep(for: time)
          }
        } catch {
          node.logger.info("stopped", metadata: ["why": "\(type(of: error))"])
          throw error
        }
        if question.text == "fail" { throw Mistake(code: 7) }
      }
    }
  }

  private static func stream(
    _ transport: Transport, _ address: NetworkAddress
  ) -> RemoteStream<Question, Int> {
    transport.bind(StreamEndpoint(Endpoint(address: address, token: .wellKnown(9))))
  }

  /// Takes elements, each after some time, at most so many, and logs them.
  private static func take(
    _ elements: ElementStream<Int>, on node: Node, each time: Duration = .zero, most: Int = .max
  ) async throws -> Int {
    var count = 0
    for try await element in elements {
      node.logger.info("got", metadata: ["n": "\(element)"])
      count += 1
      if count >= most { break }
      try await node.clock.sleep(for: time)
    }
    return count
  }

  /// Why handlers have stopped before the end of the run, which stops all.
  private static func stopped(_ report: SimulationReport) -> [String] {
    report.timeline.filter { $0.name == "stopped" && $0.time < .seconds(30) }
      .map { $0["why"] ?? "" }
  }

  private static func numbers(_ range: Range<Int>) -> [String] { range.map { "\($0)" } }

  @Test func elementsComeInOrderAndEnd() {
    let report = Scenario.calls(serving: Self.counting()) { node, transport, b in
      let stream = Self.stream(transport, b)
      await node.note("result") {
        try await Self.take(try stream.elements(Question(number: 100), credit: 5), on: node)
      }
      await node.note("result") {
        try await Self.take(try stream.elements(Question(number: 0)), on: node)
      }
    }.run(seed: 1)
    #expect(report.said("got", by: "a", "n") == Self.numbers(0..<100))
    #expect(report.said("result", by: "a", "is") == ["100", "0"])
  }

  @Test(arguments: [1, 2, 7] as [UInt32])
  func theOtherSideIsAheadByTheCreditAtMost(credit: UInt32) {
    let report = Scenario.calls(serving: Self.counting()) { node, transport, b in
      await node.note("result") {
        let elements = try Self.stream(transport, b).elements(Question(number: 40), credit: credit)
        // Slower than any element on its way.
        return try await Self.take(elements, on: node, each: .milliseconds(300))
      }
    }.run(seed: 1)
    var (ahead, most) = (0, 0)
    for event in report.timeline {
      if event.name == "sent" { ahead += 1 }
      if event.name == "got" { ahead -= 1 }
      most = max(most, ahead)
    }
    #expect(most == Int(credit))
    #expect(report.said("result", by: "a", "is") == ["40"])
  }

  @Test func anErrorComesAfterTheElements() {
    let report = Scenario.calls(serving: Self.counting()) { node, transport, b in
      await node.note("result") {
        let elements = try Self.stream(transport, b).elements(Question(number: 6, text: "fail"))
        return try await Self.take(elements, on: node, each: .milliseconds(500))
      }
    }.run(seed: 1)
    #expect(report.said("got", by: "a", "n") == Self.numbers(0..<6))
    #expect(report.said("result", by: "a", "is") == ["failed: Mistake: Mistake(code: 7)"])
  }

  @Test func whoeverLeavesStopsTheHandler() {
    let report = Scenario.calls(serving: Self.counting()) { node, transport, b in
      await node.note("result") {
        let elements = try Self.stream(transport, b).elements(Question(number: 100), credit: 4)
        return try await Self.take(elements, on: node, most: 3)
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["3"])
    #expect(Self.stopped(report) == ["CancellationError"])
  }

  @Test func whoeverIsCancelledStopsTheHandler() {
    let report = Scenario.calls(serving: Self.counting(each: .seconds(100))) {
      node, transport, b in
      let elements = try Self.stream(transport, b).elements(Question(number: 100))
      let reader = Task {
        await node.note("result") { try await Self.take(elements, on: node) }
        // It is over for good, though nobody has let go of it.
        await node.note("result") { try await Self.take(elements, on: node) }
      }
      try await node.clock.sleep(for: .seconds(2))
      reader.cancel()
      await reader.value
    }.run(seed: 1)
    #expect(report.said("got", by: "a", "n") == ["0"])
    #expect(
      report.said("result", by: "a", "is") == ["CancellationError()", "CancellationError()"])
    #expect(Self.stopped(report) == ["CancellationError"])
  }

  @Test func aStreamHasItsTime() {
    let report = Scenario.calls(serving: Self.counting(each: .seconds(1))) { node, transport, b in
      await node.note("result") {
        let elements = try Self.stream(transport, b).elements(
          Question(number: 100), timeout: .seconds(3.5))
        return try await Self.take(elements, on: node)
      }
    }.run(seed: 1)
    #expect(report.said("got", by: "a", "n") == Self.numbers(0..<4))
    #expect(report.said("result", by: "a", "is") == ["deadlineExceeded"])
    #expect(Self.stopped(report) == ["CancellationError"])
  }

  @Test func whatHasArrivedIsGivenBeforeTheLossOfTheConnection() throws {
    let report = Scenario.calls(
      with: [.cut(from: .seconds(2), for: .seconds(12))], serving: Self.counting()
    ) { node, transport, b in
      let stream = Self.stream(transport, b)
      for _ in 1...2 {
        await node.note("result") {
          let elements = try stream.elements(Question(number: 30), credit: 8)
          return try await Self.take(elements, on: node, each: .seconds(1))
        }
        node.logger.info("over")
        try await node.clock.sleep(for: .seconds(15))
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is").first == "maybeDelivered")
    let first = report.timeline.prefix { $0.name != "over" }
    let got = first.filter { $0.name == "got" }
    let stopped = try #require(first.first { $0.name == "stopped" })
    #expect(got.compactMap { $0["n"] } == Self.numbers(0..<got.count))
    // All that was sent, also what was taken long after the connection was lost.
    #expect(got.count == first.count { $0.name == "sent" })
    #expect(got.count { $0.time > stopped.time } >= 3)
    // Another stream gets another connection.
    #expect(report.said("result", by: "a", "is").last == "30")
  }

  @Test func whatIsGivenUpBeforeThereIsAConnectionIsNotBegun() {
    let report = Scenario.calls(
      with: [.cut(from: .zero, for: .seconds(3))], serving: Self.counting()
    ) { node, transport, b in
      try await node.clock.sleep(for: .milliseconds(100))
      await node.note("result") {
        let elements = try Self.stream(transport, b).elements(
          Question(number: 3), timeout: .seconds(1))
        return try await Self.take(elements, on: node)
      }
      // What comes after it does arrive.
      await node.note("result") {
        try await Self.take(try Self.stream(transport, b).elements(Question(number: 2)), on: node)
      }
    }.run(seed: 1)
    #expect(report.said("result", by: "a", "is") == ["deadlineExceeded", "2"])
    #expect(report.said("sent", by: "b", "n") == ["0", "1"])
  }
}
