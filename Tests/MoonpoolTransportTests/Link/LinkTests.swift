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

/// Links between simulated nodes.
@Suite struct LinkTests {
  private static let silent = Talker { _, _ in }

  /// Sends numbers to another talker, a pause between each two.
  private static func sender(
    to name: String, _ numbers: ClosedRange<Int>, every pause: Duration, bytes: Int = 10,
    _ configuration: LinkConfiguration = LinkConfiguration()
  ) -> Talker {
    Talker(configuration: configuration) { node, links in
      let link = links.link(to: try await node.talker(name))
      for number in numbers {
        try link.send(Talker.packet(number, bytes: bytes))
        if pause > .zero { try await node.clock.sleep(for: pause) }
      }
    }
  }

  private func numbers(_ report: SimulationReport, by name: String = "b") -> [Int] {
    report.said("received", by: name, "n").compactMap(Int.init)
  }

  @Test func packetsArriveInOrderOverOneConnection() {
    let report = Scenario.talkers(
      [("a", Self.sender(to: "b", 1...500, every: .zero)), ("b", Self.silent)], for: .seconds(30)
    ).run(seed: 1)
    #expect(report.passed, "\(report.line)")
    #expect(numbers(report) == Array(1...500))
    #expect(report.said("connected", by: "a", "life").count == 1)
    #expect(report.said("connected", by: "b", "life").count == 1)
    #expect(report.said("lost", by: "a", "why") == [])
  }

  @Test func twoWhoCallEachOtherAtOnceEndUpWithOneConnection() {
    let scenario = Scenario.talkers(
      [
        ("a", Self.sender(to: "b", 1...20, every: .seconds(1))),
        ("b", Self.sender(to: "a", 1...20, every: .seconds(1))),
      ], for: .seconds(60))
    for seed in 1...100 as ClosedRange<UInt64> {
      let report = scenario.run(seed: seed)
      #expect(report.passed, "\(report.line)")
      for (name, other) in [("a", "b"), ("b", "a")] {
        // Nothing that was sent is lost: a call that comes to nothing has carried nothing.
        #expect(numbers(report, by: name) == Array(1...20), "seed \(seed)")
        let lives = report.said("connected", by: name, "life").count
        #expect(lives == 1, "seed \(seed): \(name) and \(other) had \(lives) connections")
      }
    }
  }

  @Test func whoIsNotThereIsCalledLessAndLessOften() {
    let sender = Talker { node, links in
      let link = links.link(to: NetworkAddress(ip: try await node.network.resolve("b")[0], port: 9))
      // It wants something for ever.
      for number in 1...4_000 {
        try link.send(Talker.packet(number))
        try await node.clock.sleep(for: .milliseconds(25))
      }
      links.close()
      node.logger.info("attempts", metadata: ["n": "\(link.metrics.attempts)"])
    }
    let report = Scenario.talkers([("a", sender), ("b", Self.silent)], for: .seconds(200)).run(
      seed: 1)
    // In 100 seconds: 0.1 s doubled, up to 30 s, each from its upper half.
    let attempts = report.said("attempts", by: "a", "n").compactMap(Int.init)
    #expect(attempts.count == 1 && (9...14).contains(attempts[0]), "\(attempts)")
    let lost = report.said("lost", by: "a", "why")
    #expect(lost.count == attempts[0])
  }

  /// Crashes the second process a few times.
  private struct Crashes: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      for _ in 1...3 {
        try await faults.sleep(for: .seconds(5))
        faults.reboot(faults.cluster.processes[1], .crash, recovery: .seconds(2))
      }
    }
  }

  @Test func aNodeThatComesBackIsFoundAgain() {
    let report = Scenario.talkers(
      [("a", Self.sender(to: "b", 1...400, every: .milliseconds(100))), ("b", Self.silent)],
      for: .seconds(60), with: [Chaos(for: .seconds(30)) { Crashes() }]
    ).run(seed: 1)
    #expect(report.passed, "\(report.line)")
    let lives = report.said("connected", by: "a", "life").compactMap(Int.init)
    #expect(lives.count == 4 && lives == lives.sorted() && Set(lives).count == 4)
    let received = numbers(report)
    #expect(received == received.sorted() && received.last == 400)
    #expect(Set(received).count == received.count, "a packet arrived twice")
    // Some were sent while nobody was there.
    #expect((200..<400).contains(received.count))
  }

  private struct Cut: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      try await faults.sleep(for: .seconds(5))
      let (a, b) = (faults.cluster.processes[0], faults.cluster.processes[1])
      let partition = faults.partition([a], from: [b])
      try await faults.sleep(for: .seconds(20))
      faults.heal(partition)
    }
  }

  @Test func silenceIsNoticedByBothSides() throws {
    let report = Scenario.talkers(
      [("a", Self.sender(to: "b", 1...1, every: .zero)), ("b", Self.silent)], for: .seconds(60),
      with: [Chaos(for: .seconds(40)) { Cut() }]
    ).run(seed: 1)
    for name in ["a", "b"] {
      #expect(report.said("lost", by: name, "why").count == 1, "\(name)")
      let lost = try #require(report.timeline.first { $0.name == "lost" && $0.source == name })
      #expect(lost["why"]?.contains("silent for") == true)
      // Asked after a second of silence, given up two seconds later.
      #expect((.seconds(7) ... .seconds(9.1)).contains(lost.time), "\(name): \(lost.time)")
    }
  }

  @Test func aLongPacketOnASlowLinkIsASignOfLife() {
    var network = NetworkConfiguration()
    network.bandwidth = 100_000
    let report = Scenario.talkers(
      [("a", Self.sender(to: "b", 1...2, every: .zero, bytes: 1 << 20)), ("b", Self.silent)],
      for: .seconds(60), network: network
    ).run(seed: 1)
    // Ten seconds each: much longer than a link may be silent.
    #expect(numbers(report) == [1, 2])
    #expect(report.said("received", by: "b", "wrong") == ["0", "0"])
    #expect(report.said("lost", by: "a", "why") == [])
    let times = report.timeline.filter { $0.name == "received" }.map(\.time)
    #expect(times.allSatisfy { $0 > .seconds(9) })
  }

  @Test func whatThereIsNoRoomForIsRefused() {
    var configuration = LinkConfiguration()
    configuration.queueLimit = 10_000
    configuration.packetLimit = 2_000
    let sender = Talker(configuration: configuration) { node, links in
      let link = links.link(to: try await node.talker("b"))
      for bytes in [2_001, 2_000] {
        do {
          for _ in 1...100 { try link.send(Talker.packet(1, bytes: bytes)) }
        } catch {
          node.logger.info("refused", metadata: ["why": "\(error)"])
        }
      }
      node.logger.info("count", metadata: ["n": "\(link.metrics.packetsRefused)"])
    }
    let report = Scenario.talkers([("a", sender), ("b", Self.silent)], for: .seconds(10)).run(
      seed: 1)
    #expect(
      report.said("refused", by: "a", "why") == [
        "a payload of 2001 bytes; a packet holds at most 2000",
        "10000 bytes wait to be sent, and no more may",
      ])
    #expect(report.said("count", by: "a", "n") == ["1"])
    // What was taken arrives.
    #expect(numbers(report).count == 5)
  }

  @Test func damagedBytesNeverArriveAndEndTheConnection() {
    var faults = NetworkFaults()
    faults.bitFlip = .init(rate: 0.5)
    let scenario = Scenario.talkers(
      [
        ("a", Self.sender(to: "b", 1...400, every: .milliseconds(100), bytes: 300)),
        ("b", Self.silent),
      ],
      for: .seconds(60), with: [Chaos(for: .seconds(40)) { faults }])
    var reasons: Set<String> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      let report = scenario.run(seed: seed)
      #expect(report.passed, "\(report.line)")
      #expect(Set(report.said("received", by: "b", "wrong")) == ["0"], "seed \(seed)")
      #expect(numbers(report).last == 400, "seed \(seed)")
      reasons.formUnion(report.said("lost", by: "b", "why"))
    }
    #expect(reasons.contains("the head of a packet is damaged"))
    #expect(reasons.contains("the payload of a packet is damaged"))
  }

  // MARK: Others

  @Test func garbageCostsItsSenderTheConnection() {
    let hostile = Talker { node, _ in
      for garbage in [[UInt8]](arrayLiteral: Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 1, 2], []) {
        let connection = try await node.network.connect(to: try await node.talker("b"))
        try await connection.write(
          garbage + [UInt8](repeating: 9, count: garbage.isEmpty ? 0 : 100))
        do {
          let answer = try await connection.read(timeout: .seconds(30))
          node.logger.info("answer", metadata: ["bytes": "\(answer?.count ?? 0)"])
        } catch {
          node.logger.info("answer", metadata: ["bytes": "\(error)"])
        }
      }
    }
    let report = Scenario.talkers(
      [
        ("a", Self.sender(to: "b", 1...40, every: .seconds(1))), ("b", Self.silent),
        ("c", hostile),
      ], for: .seconds(60)
    ).run(seed: 1)
    let answers = report.said("answer", by: "c", "bytes")
    #expect(
      answers.count == 3 && answers.allSatisfy { $0.contains("connectionReset") }, "\(answers)")
    // Who says nothing is not waited for any longer than the handshake may take.
    #expect(numbers(report) == Array(1...40))
    #expect(report.said("lost", by: "b", "why") == [])
  }

  /// What a link answers to somebody who claims to be another life of a node that it knows.
  @Test func aPastLifeIsNotTalkedTo() {
    let impostor = Talker { node, _ in
      try await node.clock.sleep(for: .seconds(5))
      let a = try await node.talker("a")
      let life = UInt64((node.wallClock.sinceEpoch - .seconds(3)) / .microseconds(1))
      let calls: [(UInt64, ClosedRange<UInt16>)] = [
        (1, 1...1), (life, 7...8), (life, 1...1), (life - 1, 1...1),
      ]
      var connections: [Connection] = []
      for (incarnation, versions) in calls {
        let connection = try await node.network.connect(to: try await node.talker("b"))
        connections.append(connection)
        let own = Preamble(
          .asks, address: a, incarnation: incarnation, connection: 99, versions: versions)
        try await connection.write(own.bytes)
        let said =
          try? await Preamble(connection.read(exactly: Preamble.size, timeout: .seconds(1))).answer
        node.logger.info("answer", metadata: ["is": "\(said.map { "\($0)" } ?? "none")"])
        try await node.clock.sleep(for: .seconds(1))
      }
      for connection in connections { connection.close() }
    }
    let report = Scenario.talkers(
      [("a", Self.sender(to: "b", 1...1, every: .zero)), ("b", Self.silent), ("c", impostor)],
      for: .seconds(12)
    ).run(seed: 1)
    // The later life takes the place of the one that was known, which from then on is past, too.
    #expect(report.said("answer", by: "c", "is") == ["isPast", "none", "accepted", "isPast"])
    #expect(report.said("lost", by: "b", "why").first == "the two nodes use another connection now")
  }

  @Test func onlySoManyMayCall() {
    var configuration = LinkConfiguration()
    configuration.acceptLimit = 3
    let crowd = Talker { node, _ in
      for _ in 1...10 {
        let connection = try await node.network.connect(to: try await node.talker("b"))
        _ = node.tasks.spawn("wait") {
          do { _ = try await connection.read() } catch { node.logger.info("ended") }
        }
        try await node.clock.sleep(for: .milliseconds(10))
      }
      try await node.clock.sleep(for: .seconds(1))
      node.logger.info("after a second")
    }
    let report = Scenario.talkers(
      [("a", crowd), ("b", Talker(configuration: configuration) { _, _ in })], for: .seconds(20)
    ).run(seed: 1)
    let names = report.timeline.filter { $0.source == "a" }.map(\.name)
    let early = names.prefix { $0 != "after a second" }.count { $0 == "ended" }
    #expect(early == 7)
    // The others have said nothing for five seconds.
    #expect(names.count { $0 == "ended" } == 10)
  }

  @Test func closingIsPromptAndForGood() {
    let sender = Talker { node, links in
      let link = links.link(to: try await node.talker("b"))
      for number in 1...50 { try link.send(Talker.packet(number)) }
      try await node.clock.sleep(for: .seconds(5))
      for number in 51...100 { try link.send(Talker.packet(number)) }
      links.close()
      do { try link.send(Talker.packet(101)) } catch { node.logger.info("refused") }
    }
    let report = Scenario.talkers([("a", sender), ("b", Self.silent)], for: .seconds(30)).run(
      seed: 1)
    #expect(numbers(report) == Array(1...100))
    #expect(report.said("refused", by: "a", "none").count == 1)
    #expect(report.said("lost", by: "b", "why") == ["the other side ended the connection"])
  }

  @Test func theSameSeedGivesTheSameRun() {
    var faults = NetworkFaults()
    faults.randomClose = .init(rate: 0.2)
    let scenario = Scenario.talkers(
      [
        ("a", Self.sender(to: "b", 1...100, every: .milliseconds(200))),
        ("b", Self.sender(to: "a", 1...100, every: .milliseconds(200))),
      ], for: .seconds(40), with: [Chaos(for: .seconds(20)) { faults }])
    let first = scenario.run(seed: 7)
    let second = scenario.run(seed: 7)
    #expect(first.run.fingerprint == second.run.fingerprint)
    #expect(first.said("lost", by: "a", "why").count > 1)
  }
}
