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

/// Requests as bytes, and what is done with those that come again.
@Suite struct RequestWireTests {
  /// Sends packets made by hand, and logs those that come.
  private struct Hand: Sendable {
    let node: Node
    let link: MoonpoolTransport.Link

    init(on node: Node, to address: NetworkAddress) {
      self.node = node
      // Nobody can call it: what it says of itself is in each request.
      let identity = LinkIdentity(address: nil, incarnation: 5)
      let events = LinkEvents(received: { _, packet in
        let token = "\(packet.token.first)/\(packet.token.second)"
        let bytes = packet.payload.map { String($0, radix: 16) }.joined(separator: " ")
        node.logger.info("came", metadata: ["is": "\(packet.kind) \(token) \(bytes)"])
      })
      link = Links(on: node, as: identity, LinkConfiguration(), events).link(to: address)
    }

    func request(
      _ number: UInt64, oldest: UInt64 = 1, life: UInt64 = 0x102, time: UInt32 = 0,
      credit: UInt32 = 0, to token: UID = .wellKnown(7)
    ) async throws {
      var bytes = Self.bytes(number) + Self.bytes(oldest) + Self.bytes(life)
      bytes += Self.bytes(time) + Self.bytes(credit)
      bytes += try BinaryCodec().encode(Question(number: Int(number)))
      try await send(.request, bytes, token)
    }

    func name(
      _ kind: PacketKind, _ number: UInt64, life: UInt64 = 0x102, count: UInt32 = 0,
      to token: UID = .wellKnown(7)
    ) async throws {
      try await send(kind, Self.bytes(number) + Self.bytes(life) + Self.bytes(count), token)
    }

    func send(_ kind: PacketKind, _ bytes: [UInt8], _ token: UID = .wellKnown(7)) async throws {
      try link.send(Packet(kind, to: token, bytes[...]))
      try await node.clock.sleep(for: .milliseconds(500))
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
  }

  /// What comes of packets that are sent to a node that answers with the number of the question.
  private static func run(
    _ options: ServeOptions = .init(), after time: Duration = .zero,
    _ work: @escaping @Sendable (Hand) async throws -> Void
  ) -> SimulationReport {
    Scenario.calls(serving: { node, transport in
      try transport.serve(at: .wellKnown(7), options) { (question: Question, context) -> Int in
        let left = context.deadline.map { node.clock.now.duration(to: $0) / .milliseconds(1) }
        node.logger.info("begun", metadata: ["n": "\(question.number)", "left": "\(left ?? 0)"])
        do {
          try await node.clock.sleep(for: time)
        } catch {
          node.logger.info("cancelled", metadata: ["n": "\(question.number)"])
          throw error
        }
        return question.number
      }
      try transport.serveStream(at: .wellKnown(8)) {
        (question: Question, stream: ReplyStream<Int>, _) in
        for number in 0..<3 { try await stream.send(number) }
      }
    }) { node, _, b in
      try await work(Hand(on: node, to: b))
    }.run(seed: 1)
  }

  @Test func requestsAndAnswersAreLaidOutAsDocumented() {
    let report = Self.run { hand in
      try await hand.request(9, life: 0x1_0000_0001)
      try await hand.request(10, time: 1_500)
      try await hand.request(11, to: UID(first: 3, second: 4))
      // Too short for a head: nobody could be answered.
      try await hand.send(.request, [UInt8](repeating: 0, count: 31))
      // Nothing in it: that is no question.
      try await hand.send(.request, [1] + [UInt8](repeating: 0, count: 31))
    }
    let came = report.said("came", by: "a", "is")
    #expect(
      came.prefix(3) == ["reply 9/4294967297 0 9", "reply 10/258 0 a", "reply 11/258 3"])
    #expect(came.count == 4)
    #expect(came.last?.hasPrefix("reply 1/0 4 ") == true, "\(came)")
    #expect(report.said("begun", by: "b", "n") == ["9", "10"])
    let left = report.said("begun", by: "b", "left").compactMap { Double($0) }
    // Some microseconds later.
    #expect(left.count == 2 && left[0] == 0 && (1_499...1_500).contains(left[1]), "\(left)")
  }

  @Test func cancelAndCreditNameARequest() {
    let report = Self.run(after: .seconds(20)) { hand in
      try await hand.request(1)
      try await hand.request(2)
      // Another life's, another one's, and too short.
      try await hand.name(.cancel, 1, life: 0x103)
      try await hand.name(.cancel, 3)
      try await hand.send(.cancel, [1] + [UInt8](repeating: 0, count: 18))
      hand.node.logger.info("now")
      try await hand.name(.cancel, 2)
      try await hand.request(4, credit: 1, to: .wellKnown(8))
      hand.node.logger.info("now")
      try await hand.name(.credit, 4, count: 1, to: .wellKnown(8))
      hand.node.logger.info("now")
      try await hand.name(.credit, 4, count: .max, to: .wellKnown(8))
    }
    #expect(report.said("cancelled", by: "b", "n") == ["2"])
    let told = report.timeline.filter { ["now", "came", "cancelled"].contains($0.name) }
    #expect(
      told.prefix(8).map { $0["is"] ?? $0.name } == [
        "now", "cancelled", "element 4/258 0", "now", "element 4/258 1", "now",
        "element 4/258 2", "reply 4/258 8",
      ])
    // The one that wasn't named goes on.
    #expect(report.said("came", by: "a", "is").last == "reply 1/258 0 1")
  }

  private static func suppressing(_ limit: Int, _ retention: Duration = .seconds(9)) -> ServeOptions
  { ServeOptions(duplicates: DuplicateSuppression(limit: limit, retention: retention)) }

  @Test func whatIsKnownIsAnsweredAgain() {
    let report = Self.run(Self.suppressing(10)) { hand in
      for number in [1, 3, 2, 1, 3] as [UInt64] { try await hand.request(number) }
      // Answers to 1 and 2 have been taken.
      for number in [1, 3, 2] as [UInt64] { try await hand.request(number, oldest: 3) }
      // Who says less than before is not believed.
      try await hand.request(2, oldest: 1)
    }
    #expect(report.said("begun", by: "b", "n") == ["1", "3", "2"])
    #expect(
      report.said("came", by: "a", "is") == [1, 3, 2, 1, 3, 3].map { "reply \($0)/258 0 \($0)" })
  }

  @Test func whatIsAtWorkIsAnsweredOnce() {
    let report = Self.run(Self.suppressing(10), after: .seconds(3)) { hand in
      for _ in 1...3 { try await hand.request(1) }
    }
    #expect(report.said("begun", by: "b", "n") == ["1"])
    #expect(report.said("came", by: "a", "is") == ["reply 1/258 0 1"])
  }

  @Test func withoutRoomNothingIsForgotten() {
    let report = Self.run(Self.suppressing(2)) { hand in
      for number in 1...3 as ClosedRange<UInt64> { try await hand.request(number) }
      try await hand.request(1)
      // There is room again.
      try await hand.request(4, oldest: 2)
      try await hand.request(5, oldest: 2)
      // Its sender has gone, and all it has left.
      try await hand.node.clock.sleep(for: .seconds(10))
      try await hand.request(6, life: 0x200)
    }
    #expect(report.said("begun", by: "b", "n") == ["1", "2", "4", "6"])
    #expect(
      report.said("came", by: "a", "is") == [
        "reply 1/258 0 1", "reply 2/258 0 2", "reply 3/258 6", "reply 1/258 0 1",
        "reply 4/258 0 4", "reply 5/258 6", "reply 6/512 0 6",
      ])
  }
}
