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
import Testing

/// Runs with all families at once.
@Suite struct NetworkFaultRunTests {
  /// All families, often.
  private static var all: NetworkFaults {
    let windows = NetworkFaults.Windows(rate: 0.5, lasting: .milliseconds(100) ... .seconds(1))
    var faults = NetworkFaults()
    faults.clog = windows
    faults.swizzledClog = windows
    faults.partition = windows
    faults.bitFlip = NetworkFaults.BitFlips(rate: 0.5)
    faults.randomClose = NetworkFaults.Closes(rate: 0.5, cooldown: .milliseconds(100))
    faults.halfOpenRate = 0.5
    faults.connectRefusal = windows
    faults.connectHang = windows
    faults.partialIO = windows
    faults.latencySpike = windows
    faults.datagramLoss = windows
    faults.datagramDoubling = windows
    faults.correlation = FaultCorrelation()
    return faults
  }

  /// Calls a random other process now and then, whatever comes of it; and echoes.
  private struct Peer: Program {
    var others: [String]

    func run(on node: Node) async throws {
      async let served: Void = node.network.serve(port: Echo.port) { connection in
        for try await bytes in connection.inbound { try await connection.write(bytes) }
      }
      async let called: Void = call(node)
      _ = try await (served, called)
    }

    private func call(_ node: Node) async throws {
      while true {
        try await node.clock.sleep(for: .milliseconds(node.random.int(in: 1...100)))
        guard let name = node.random.element(of: others) else { return }
        do {
          let address = NetworkAddress(
            ip: try await node.network.resolve(name)[0], port: Echo.port)
          try await node.clock.withTimeout(.seconds(2)) {
            try await node.network.withConnection(to: address) { connection in
              for _ in 0..<5 {
                try await connection.write([1, 2, 3])
                _ = try await connection.read(exactly: 3)
                try await node.clock.sleep(for: .milliseconds(50))
              }
            }
          }
        } catch is NetworkError, is TimeoutError, is EndOfStream {
        }
      }
    }
  }

  /// Waits for the end of the chaos, and then gets through to every process, at once.
  private struct Visitor: Workload {
    var chaos: Duration

    func run(on node: Node, in cluster: Cluster) async throws {
      try await node.clock.sleep(for: chaos + .milliseconds(1))
      guard cluster.isQuiet else { throw PropertyViolation("the chaos goes on") }
      for process in cluster.processes {
        let address = NetworkAddress(ip: process.address, port: Echo.port)
        try await node.clock.withTimeout(.milliseconds(200)) {
          try await node.network.withConnection(to: address) { connection in
            try await connection.write([1, 2, 3])
            guard try await connection.read(exactly: 3) == [1, 2, 3] else {
              throw PropertyViolation("\(process) answers nonsense")
            }
          }
        }
      }
    }
  }

  private func scenario(_ faults: NetworkFaults, for chaos: Duration) -> Scenario {
    Scenario("all faults") {
      Processes(1...1, named: "peer") { index in
        Peer(others: (0..<4).filter { $0 != index }.map { "peer-\($0)" })
      }.layout(Layout(datacenters: 2, zones: 2))
      Clients { Visitor(chaos: chaos) }
      Chaos(for: chaos) { faults }
      Budget(run: .seconds(60), settle: .zero)
    }
  }

  @Test func `when the chaos is over, everything gets through`() {
    var effects: [NetworkFaultFamily: Int] = [:]
    for report in scenario(Self.all, for: .seconds(3)).reports(0..<200) {
      #expect(report.passed, "\(report.line)")
      for family in NetworkFaultFamily.allCases {
        effects[family, default: 0] += report.network.effects(of: family)
      }
      let late = report.timeline.filter { $0.kind == .fault && $0.time > .milliseconds(3_100) }
      #expect(late.isEmpty)
    }
    for family in NetworkFaultFamily.allCases {
      let isDatagram = family == .datagramLoss || family == .datagramDoubling
      #expect(isDatagram || effects[family, default: 0] > 0, "\(family)")
    }
  }

  @Test func `what a clog of an hour holds back arrives when the chaos is over`() {
    var faults = NetworkFaults()
    faults.clog = NetworkFaults.Windows(rate: 5, lasting: .seconds(3_600) ... .seconds(3_600))
    for report in NetworkProbe.scenario(faults).reports(0..<20) {
      #expect(report.passed, "\(report.line)")
      #expect(report.network.clog.deliveriesDelayed > 0)
      let slow = report.timeline.filter { $0["what"]?.hasPrefix("slow") == true }
      #expect(slow.count == 1 && slow.allSatisfy { $0.time < .milliseconds(2_100) })
    }
  }

  @Test(arguments: ["stream", "connections", "datagrams"])
  func `what a latency spike slowed down arrives when the chaos is over`(kind: String) {
    var faults = NetworkFaults()
    faults.latencySpike = NetworkFaults.Windows(
      rate: 5, lasting: .seconds(3_600) ... .seconds(3_600))
    faults.latencySpikeFactor = 100_000...100_000  // 10 s
    let caller: @Sendable () -> any Program = {
      if kind == "datagrams" { return NetworkProbe.DatagramCaller() }
      return NetworkProbe.Caller(isFresh: kind == "connections")
    }
    var scenario = NetworkProbe.scenario(faults, [caller])
    scenario.world.network.latency = .fixed(.microseconds(100))
    for report in scenario.reports(0..<20) {
      #expect(report.passed, "\(report.line)")
      #expect(report.network.latencySpike.deliveriesDelayed > 0)
      let slow = report.timeline.filter { $0["what"]?.hasPrefix("slow") == true }
      #expect(slow.allSatisfy { $0.time < .milliseconds(2_100) }, "\(slow)")
      if kind != "datagrams" { #expect(slow.count == 1) }
      #expect(report.seen("missing datagrams") == 0 && report.seen("extra datagrams") == 0)
      #expect(!report.timeline.contains { $0["what"] == "timedOut" })
    }
  }

  @Test func `while a latency spike lasts connecting takes that much longer, and then no more`() {
    var faults = NetworkFaults()
    faults.latencySpike = NetworkFaults.Windows(
      rate: 0.25, lasting: .milliseconds(400) ... .milliseconds(400))
    faults.latencySpikeFactor = 100...1_000
    var scenario = NetworkProbe.scenario(faults, [{ NetworkWatch.Connects() }])
    scenario.world.network.latency = .fixed(.microseconds(100))
    var factors: Set<Int> = []
    for report in scenario.reports(0..<30) {
      guard let spike = report.loneStrike(of: .latencySpike) else { continue }
      let factor = spike.int("factor") ?? 0
      factors.insert(factor)
      // Connecting takes 0.2 ms; more than 1 ms is late. Only one of the two ways is slow.
      let late = report.troubles("late")
      let normal = Duration.microseconds(100)
      #expect(39...41 ~= late.count, "seed \(report.seed): \(late.count) of 40")
      for connect in late {
        let time = Duration.microseconds(connect.amount)
        #expect(time >= normal * factor && time < normal * (factor + 10), "\(factor): \(connect)")
        #expect(spike.time - normal <= connect.at, "\(connect)")
        #expect(connect.at < spike.time + .milliseconds(400), "\(connect)")
      }
      #expect(report.network.latencySpike.deliveriesDelayed >= late.count)
    }
    #expect(factors.count >= 5 && factors.allSatisfy { 100...1_000 ~= $0 }, "\(factors)")
  }

  /// Clogs a link again while it is clogged, twice.
  private struct LongerAndLonger: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      let (server, caller) = (faults.cluster.processes[0], faults.cluster.processes[1])
      try await faults.sleep(for: .milliseconds(500))
      for _ in 0..<3 {
        faults.clog(from: caller, to: server, for: .milliseconds(100))
        try await faults.sleep(for: .milliseconds(70))
      }
      try await faults.sleep(for: .seconds(100))
    }
  }

  @Test func `a delivery that a clog holds back again and again is counted once`() {
    var scenario = NetworkProbe.scenario(NetworkFaults())
    scenario.chaos = Chaos(for: NetworkProbe.chaos) { LongerAndLonger() }
    for report in scenario.reports(0..<20) {
      #expect(report.passed && report.seen("slow call") == 1, "\(report.line)")
      #expect(report.network.clog.deliveriesDelayed == 1)
      #expect(report.network.clog.bytesDelayed == NetworkProbe.message.count)
    }
  }

  @Test func `equal seeds give equal runs`() {
    var all = scenario(Self.all, for: .seconds(3))
    all.options.trace = .digest
    let first = all.reports(0..<30)
    let second = all.reports((0..<30).reversed())
    #expect(first.map(\.run.digest) == second.reversed().map(\.run.digest))
    #expect(first.map(\.network) == second.reversed().map(\.network))
    #expect(Set(first.map(\.run.digest)).count == 30)
  }

  // MARK: Rates and masks

  /// Sends to everybody at fixed times, if at all, and doesn't care what becomes of it.
  private struct Deaf: Program {
    var interval: Duration?

    func run(on node: Node) async throws {
      let port = try await node.network.bindDatagrams(port: 9)
      while true {
        try await node.clock.sleep(for: interval ?? .seconds(100))
        guard interval != nil else { continue }
        for address in try await node.network.resolve("deaf") {
          try await port.send([1], to: NetworkAddress(ip: address, port: 9))
        }
      }
    }
  }

  private static func deaf(_ faults: NetworkFaults, sending interval: Duration?) -> Scenario {
    Scenario("deaf") {
      Processes(1...1, named: "deaf") { _ in Deaf(interval: interval) }
        .layout(Layout(datacenters: 1, zones: 2, machines: 2))
      Clients { node, _ in try await node.clock.sleep(for: .seconds(11)) }
      Chaos(for: .seconds(10)) { faults }
      Budget(run: .seconds(20), settle: .zero)
    }
  }

  @Test func `a busy and an idle system get the same faults`() {
    // The phase begins some microseconds sooner or later: storms don't move with it.
    var faults = Self.all
    faults.correlation = .none
    let busy = Self.deaf(faults, sending: .milliseconds(20)).reports(0..<20)
    let idle = Self.deaf(faults, sending: nil).reports(0..<20)
    for (busy, idle) in zip(busy, idle) {
      #expect(busy.untimedFaultLines == idle.untimedFaultLines && !idle.faultLines().isEmpty)
      #expect(busy.network.strikes == idle.network.strikes)
      #expect(busy.network.effects(of: .datagramLoss) > 0)
    }
  }

  private static let full = deaf(all, sending: .milliseconds(100)).reports(0..<10)

  @Test(arguments: NetworkFaultFamily.allCases)
  func `switching a family off leaves the others as they were`(family: NetworkFaultFamily) {
    let masked = Self.deaf(Self.all.without(family), sending: .milliseconds(100)).reports(0..<10)
    let own = "network.\(family.rawValue)"
    for (full, masked) in zip(Self.full, masked) {
      #expect(masked.faultLines { $0.hasPrefix(own) } == [])
      #expect(masked.faultLines() == full.faultLines { !$0.hasPrefix(own) })
    }
    #expect(Self.full.reduce(0) { $0 + $1.network.strikes(of: family) } > 10)
  }

  @Test func `strikes come at their rate`() {
    var counts: [NetworkFaultFamily: Int] = [:]
    var faults = Self.all
    faults.correlation = .none
    faults.randomClose.cooldown = .zero
    for report in Self.deaf(faults, sending: nil).reports(0..<100) {
      for family in NetworkFaultFamily.allCases {
        counts[family, default: 0] += report.network.strikes(of: family)
      }
    }
    for family in NetworkFaultFamily.allCases {
      // 0.5 per second, 10 s, 100 runs; 4 processes, except for those that strike all together.
      let mean = family == .partition || family == .swizzledClog ? 500.0 : 2_000.0
      let deviation = abs(Double(counts[family, default: 0]) - mean) / mean.squareRoot()
      #expect(deviation < 5, "\(family): \(counts)")
    }
  }

  @Test func `storms change when faults come, not how many on average`() {
    var faults = NetworkFaults()
    faults.clog = NetworkFaults.Windows(rate: 2, lasting: .milliseconds(1) ... .milliseconds(1))
    func counts(_ correlation: FaultCorrelation) -> [Int] {
      faults.correlation = correlation
      return Self.deaf(faults, sending: nil).reports(0..<200).map { $0.network.strikes(of: .clog) }
    }
    func spread(_ counts: [Int]) -> Double {
      let mean = Double(counts.reduce(0, +)) / Double(counts.count)
      return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        / Double(counts.count) / mean
    }
    let calm = counts(.none)
    let stormy = counts(FaultCorrelation(volatility: 1))
    #expect(spread(calm) < 1.5 && spread(stormy) > 4)
  }

  @Test func `the cooldown keeps strikes apart`() {
    var faults = NetworkFaults()
    faults.randomClose = NetworkFaults.Closes(rate: 10, cooldown: .milliseconds(500))
    faults.bitFlip = NetworkFaults.BitFlips(rate: 10, cooldown: .milliseconds(300))
    for report in Self.deaf(faults, sending: nil).reports(0..<20) {
      for (name, least) in [("network.randomClose", 500), ("network.bitFlip", 300)] {
        let times = report.timeline.filter { $0.name == name }.map(\.time)
        #expect(times.count > 10)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(least) })
      }
    }
  }

  @Test func `every shape of partition cuts off whom it says`() {
    var faults = NetworkFaults()
    faults.partition = NetworkFaults.Windows(
      rate: 5, lasting: .milliseconds(100) ... .milliseconds(100))
    var sizes: [NetworkPartitionShape: Set<String>] = [:]
    for shape in NetworkPartitionShape.allCases {
      faults.partitionShapes = [shape]
      for report in Self.deaf(faults, sending: nil).reports(0..<20) {
        for event in report.timeline where event.name == "network.partition" {
          #expect(event["shape"] == shape.rawValue)
          sizes[shape, default: []].insert(event["inside"] ?? "")
        }
      }
    }
    let singles: Set = ["deaf-0", "deaf-1", "deaf-2", "deaf-3"]
    #expect(sizes[.isolateOne] == singles)
    #expect(sizes[.zone] == ["deaf-0,deaf-1", "deaf-2,deaf-3"])
    #expect(sizes[.datacenter] == ["deaf-0,deaf-1,deaf-2,deaf-3"])
    // Four processes and a client: any set with at least one process, but not all five.
    for shape in [NetworkPartitionShape.randomHalves, .oneWay, .uniformSize] {
      #expect(sizes[shape]?.count == 29, "\(shape): \(sizes[shape, default: []].sorted())")
    }
  }
}
