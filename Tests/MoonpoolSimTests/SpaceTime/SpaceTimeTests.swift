//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What is written down of a run is what happened in it.
@Suite struct SpaceTimeTests {
  /// Does something to the processes, once.
  private struct Once: FaultInjector {
    let body: @Sendable (FaultContext) async throws -> Void

    func inject(with faults: FaultContext) async throws { try await body(faults) }
  }

  /// Three processes that echo, a client that calls each of them, and what goes wrong.
  private func record(
    seed: UInt64 = 1, wanted: Int = 30, _ limits: SpaceTime.Limits = SpaceTime.Limits(),
    _ body: @escaping @Sendable (FaultContext) async throws -> Void = { _ in }
  ) throws -> SpaceTime {
    var scenario = Scenario("recorded") {
      Processes(3, named: "echo") { Echo() }
      Clients { EchoCalls(wanted: wanted) }
      Chaos(for: .seconds(20)) { Once(body: body) }
    }
    scenario.spaceTime = limits
    return try #require(scenario.run(seed: seed).spaceTime)
  }

  @Test func `a recorded run is the same run`() {
    var scenario = Scenario("everything") {
      Processes(3, named: "echo") { Echo() }
      Clients(2) { EchoCalls(wanted: 15) }
      Chaos(for: .seconds(10)) {
        Attrition(maxDead: 1)
        NetworkFaults(.swarm)
        ProcessFaults(.swarm)
      }
    }
    scenario.options.trace = .digest
    let plain = scenario.reports(1...20)
    scenario.spaceTime = SpaceTime.Limits(messages: 5, events: 5)
    let recorded = scenario.reports(1...20)
    #expect(plain.map(\.run.digest) == recorded.map(\.run.digest))
    #expect(plain.map(\.run.decisionCount) == recorded.map(\.run.decisionCount))
    #expect(plain.map(\.line) == recorded.map(\.line))
    #expect(plain.allSatisfy { $0.spaceTime == nil })
    #expect(recorded.allSatisfy { $0.spaceTime?.messages.isEmpty == false })
  }

  @Test func `messages are what was sent`() throws {
    let found = try record()
    #expect(found.lanes.map(\.name) == ["echo-0", "echo-1", "echo-2", "client"])
    #expect(found.lanes.map(\.kind) == [.process, .process, .process, .client])
    #expect(found.lanes[3].address == "10.0.0.1")
    let data = found.messages.filter { $0.kind == .data }
    #expect(data.filter { $0.from == 3 }.map(\.bytes) == Array(repeating: 4, count: 30))
    #expect(data.filter { $0.to == 3 }.reduce(0) { $0 + $1.bytes } == 120)
    #expect(found.messages.count { $0.kind == .connect } == 30)
    #expect(found.messages.count { $0.kind == .accept } == 30)
    #expect(found.messages.count { $0.kind == .finish } == 60)
    #expect(Set(found.messages.map(\.connection)) == Set(0..<30))
    #expect(found.messages.allSatisfy { $0.fate == .delivered && $0.ended > $0.sent })
    #expect(zip(found.messages, found.messages.dropFirst()).allSatisfy { $0.sent <= $1.sent })
    #expect(found.phases.map(\.name) == ["setUp", "run", "quiet", "settle", "check", "shutdown"])
    #expect(found.events.contains { $0.name == "finished" && $0.lane == 3 && $0.kind == "log" })
    #expect(found.verdict == "passed" && found.droppedMessages == 0)
  }

  @Test func `a partition holds messages up, and has two sides`() throws {
    let found = try record(wanted: 2_000) { faults in
      try await faults.sleep(for: .milliseconds(50))
      let all = faults.cluster.processes
      let partition = faults.isolate([all[1]])
      try await faults.sleep(for: .milliseconds(300))
      faults.heal(partition)
      _ = faults.partitionOneWay(from: [all[0]], to: [all[2]])
      try await faults.sleep(for: .milliseconds(10))
      faults.healAll()
    }
    let cuts = found.faults.filter { $0.name == "partition" }
    try #require(cuts.count == 2)
    #expect(cuts[0].lanes == [1] && cuts[0].others == [0, 2, 3] && !cuts[0].isOneWay)
    #expect(300_000_000..<301_000_000 ~= cuts[0].end - cuts[0].begin)
    #expect(cuts[1].lanes == [0] && cuts[1].others == [2] && cuts[1].isOneWay)
    #expect(10_000_000..<11_000_000 ~= cuts[1].end - cuts[1].begin)
    let late = found.messages.filter { $0.fate == .deliveredLate || $0.fate == .lost }
    #expect(!late.isEmpty)
    let elsewhere = late.filter {
      ![$0.from, $0.to].contains(1) || $0.sent >= cuts[0].end || $0.ended < cuts[0].begin
    }
    #expect(elsewhere.isEmpty)
    let across = found.messages.filter {
      $0.fate == .delivered && [$0.from, $0.to].contains(1)
        && cuts[0].begin..<cuts[0].end ~= $0.ended
    }
    #expect(across.isEmpty)
  }

  @Test func `what a partition holds up of a stream arrives late`() throws {
    var scenario = Scenario("a long call") {
      Processes(named: "echo") { Echo() }
      Clients { node, cluster in
        try await node.clock.sleep(for: .milliseconds(100))
        let address = NetworkAddress(ip: cluster.processes[0].address, port: Echo.port)
        try await node.network.withConnection(to: address) { connection in
          for _ in 0..<100 {
            try await connection.write([1])
            _ = try await connection.read(exactly: 1)
            try await node.clock.sleep(for: .milliseconds(10))
          }
        }
      }
      Chaos(for: .seconds(20)) {
        Once { faults in
          try await faults.sleep(for: .milliseconds(300))
          faults.isolate([faults.cluster.processes[0]])
          try await faults.sleep(for: .milliseconds(300))
          faults.healAll()
        }
      }
    }
    scenario.spaceTime = SpaceTime.Limits()
    let found = try #require(scenario.run(seed: 1).spaceTime)
    let cut = try #require(found.faults.first)
    let data = found.messages.filter { $0.kind == .data }
    #expect(data.count == 200)
    let late = data.filter { $0.fate == .deliveredLate }
    #expect(late.count == 1 && late[0].sent < cut.end && late[0].ended > cut.end)
    #expect(data.count { $0.fate == .delivered } == 199)
  }

  @Test func `lives are what became of processes`() throws {
    let found = try record(wanted: 2_000) { faults in
      let all = faults.cluster.processes
      try await faults.sleep(for: .milliseconds(100))
      faults.reboot(all[0], .kill, recovery: .milliseconds(200))
      faults.reboot(all[1], .powerLoss, recovery: .milliseconds(300))
      faults.pause(all[2], for: .milliseconds(150))
      faults.clog(from: all[0], to: all[2], for: .seconds(100))
      faults.clog(from: all[1], to: all[0], for: .seconds(100))
    }
    #expect(found.lanes[0].spans.map(\.state) == [.running, .killed, .running])
    #expect(found.lanes[1].spans.map(\.state) == [.running, .powerLost, .running])
    #expect(found.lanes[2].spans.map(\.state) == [.running])
    for lane in found.lanes {
      #expect(zip(lane.spans, lane.spans.dropFirst()).allSatisfy { $0.end == $1.begin })
      #expect(lane.spans.last?.end == found.end)
    }
    #expect(found.lanes[1].spans[1].end - found.lanes[1].spans[1].begin == 300_000_000)
    let pause = try #require(found.faults.first { $0.name == "process.pause" })
    #expect(pause.lanes == [2] && pause.end - pause.begin == 150_000_000)
    let clogs = found.faults.filter { $0.name == "clog" }
    let quiet = try #require(found.phases.first { $0.name == "quiet" })
    #expect(clogs.map(\.lanes) == [[0], [1]] && clogs.map(\.others) == [[2], [0]])
    #expect(clogs.allSatisfy { $0.isOneWay && $0.end == quiet.begin })  // not 100 s after
  }

  @Test func `lost datagrams, refusals and what is still under way are told apart`() throws {
    let steps = Steps(onRun: { node, cluster in
      guard cluster.clientID == 0 else {
        let port = try await node.network.bindDatagrams(port: 7)
        for _ in 0..<3 { _ = try await port.receive() }
        return
      }
      try await node.clock.sleep(for: .milliseconds(100))
      let port = try await node.network.bindDatagrams()
      let ip = IPAddress(10, 0, 0, 2)
      for _ in 0..<20 { try await port.send([1], to: NetworkAddress(ip: ip, port: 7)) }
      try await port.send([1, 2, 3], to: NetworkAddress(ip: ip, port: 8))
      _ = try? await node.network.connect(to: NetworkAddress(ip: ip, port: 9))
    })
    var scenario = Scenario("datagrams") { Clients(2) { steps } }
    scenario.world.network.datagramLoss = 0.3
    scenario.spaceTime = SpaceTime.Limits()
    let report = scenario.run(seed: 1)
    let messages = try #require(report.spaceTime).messages
    let lost = messages.count { $0.fate == .lost }
    #expect(lost == report.network.datagramsLost && lost > 0)
    #expect(messages.filter { $0.bytes == 3 }.map(\.fate) == [.refused])
    #expect(messages.count { $0.kind == .datagram } == 21)
    #expect(messages.filter { $0.connection >= 0 }.map(\.kind) == [.connect, .reset])
  }

  @Test(arguments: [1, 10, 50])
  func `it keeps the last messages, and no more than twice as many as it must`(limit: Int) throws {
    let all = try record()
    let kept = try record(SpaceTime.Limits(messages: limit, events: limit))
    #expect(limit...(2 * limit) ~= kept.messages.count)
    #expect(kept.droppedMessages + kept.messages.count == all.messages.count)
    #expect(kept.messages == all.messages.suffix(kept.messages.count))
    #expect(kept.events.count == min(limit, all.events.count))
    #expect(kept.droppedEvents + kept.events.count == all.events.count)
    #expect(kept.events == all.events.suffix(kept.events.count))
  }

  @Test func `it keeps the last faults and lives, and ends the right ones`() throws {
    let found = try record(wanted: 10_000, SpaceTime.Limits(events: 4)) { faults in
      let all = faults.cluster.processes
      for _ in 0..<20 {
        let cut = faults.partition([all[0]], from: [all[1]])
        faults.pause(all[2], for: .seconds(100))
        try await faults.sleep(for: .milliseconds(100))
        faults.heal(cut)
        faults.reboot(all[2], .kill, recovery: .milliseconds(10))
        try await faults.sleep(for: .milliseconds(50))
      }
    }
    #expect(found.droppedFaults + found.faults.count == 40 && found.faults.count <= 8)
    #expect(found.lanes[2].spans.count <= 8 && found.lanes[2].spans.last?.end == found.end)
    for fault in found.faults {
      #expect(100_000_000..<101_000_000 ~= fault.end - fault.begin, "\(fault)")
    }
  }

  @Test func `a violation has its place, and what was under way is so still`() throws {
    var scenario = Scenario("violated") {
      Processes(named: "echo") { Echo() }
      Clients { EchoCalls(wanted: 10) }
      Invariant("nobody starts") { timeline in
        if let event = timeline.new("booted").first { throw PropertyViolation("\(event.source)") }
      }
    }
    scenario.spaceTime = SpaceTime.Limits()
    let report = scenario.run(seed: 3)
    let found = try #require(report.spaceTime)
    #expect(found.verdict == "violated" && !found.passed)
    #expect(found.violations.map(\.description) == ["nobody starts violated: echo"])
    #expect(found.violations[0].time == found.end && found.violations[0].lane == -1)
    #expect(found.violations[0].decisionCount == report.run.violations[0].decisionCount)
    #expect(found.messages.map(\.fate) == [.inFlight] && found.messages[0].ended == 0)
    let copy = try JSONDecoder().decode(SpaceTime.self, from: JSONEncoder().encode(found))
    #expect(copy == found)
  }

  @Test func `limits of nothing are refused`() {
    var scenario = Scenario("refused") {}
    scenario.spaceTime = SpaceTime.Limits(messages: 0)
    let messages = scenario.run(seed: 1).line
    scenario.spaceTime = SpaceTime.Limits(events: 0)
    #expect(messages.contains("spaceTime.messages is 0; must be at least 1"))
    #expect(scenario.run(seed: 1).line.contains("spaceTime.events is 0; must be at least 1"))
  }
}
