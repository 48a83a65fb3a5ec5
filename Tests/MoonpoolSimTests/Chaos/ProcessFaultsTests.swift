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

/// Processes that stand still or are slow, as clients see it, against what is counted.
@Suite struct ProcessFaultsTests {
  /// Does something to the cluster half a second into the chaos phase.
  private struct Once: FaultInjector {
    var act: @Sendable (FaultContext) async throws -> Void

    func inject(with faults: FaultContext) async throws {
      try await faults.sleep(for: .milliseconds(500))
      try await act(faults)
    }
  }

  /// Asks each server for an echo every 1 to 15 ms over one connection, and logs how long it took.
  private struct Pings: Workload {
    func run(on node: Node, in cluster: Cluster) async throws {
      try await withThrowingDiscardingTaskGroup { group in
        for server in cluster.processes {
          group.addTask {
            let address = NetworkAddress(ip: server.address, port: Echo.port)
            let connection = try await node.network.connect(to: address)
            while node.clock.now.offset < .seconds(5) {
              let start = node.clock.now
              try await connection.write([1, 2, 3])
              _ = try await connection.read(exactly: 3)
              let took = start.duration(to: node.clock.now) / .microseconds(1)
              node.logger.info(
                "ping", metadata: ["server": "\(server)", "us": "\(Int(took))"])
              let pause = node.random.int(in: 1_000...15_000)
              try await node.clock.sleep(for: .microseconds(pause))
            }
          }
        }
      }
    }
  }

  private func pings(_ act: @escaping @Sendable (FaultContext) async throws -> Void) -> Scenario {
    Scenario("pings") {
      Processes(2, named: "echo") { Echo() }
      Clients { Pings() }
      Chaos(for: .seconds(4)) { Once(act: act) }
      Budget(run: .seconds(100), settle: .zero)
    }
  }

  /// Latencies in microseconds of the pings that began within a span of milliseconds.
  private func latencies(
    _ report: SimulationReport, of server: String, in span: Range<Int>
  ) -> [Int] {
    report.timeline.compactMap { event in
      guard event.name == "ping", event["server"] == server, let took = event.int("us") else {
        return nil
      }
      let start = event.time - .microseconds(took)
      return start >= .milliseconds(span.lowerBound) && start < .milliseconds(span.upperBound)
        ? took : nil
    }
  }

  @Test func `clients of a slow process wait, others don't, and what is counted is what it was`() {
    let scenario = pings { faults in
      faults.slow(faults.cluster.processes[0], by: 10, for: .seconds(2))
    }
    for report in scenario.reports(0..<10) {
      #expect(report.passed, "\(report.line)")
      let before = latencies(report, of: "echo-0", in: 100..<450)
      let slow = latencies(report, of: "echo-0", in: 550..<2_400)
      let after = latencies(report, of: "echo-0", in: 2_600..<5_000)
      let other = latencies(report, of: "echo-1", in: 550..<2_400)
      // It stands still for 9 of 10 ms, so nine requests of ten wait up to 9 ms.
      let normal = max(before.max() ?? 0, after.max() ?? 0)
      #expect(before.count > 15 && after.count > 50 && slow.count > 100)
      #expect(slow.count { $0 > normal } > slow.count / 2)
      #expect((slow.max() ?? 0) > 8_000 && (slow.max() ?? 0) < 9_000 + 2 * normal)
      #expect((other.max() ?? 0) < 2 * normal)
      #expect(report.processes.slowdowns == 1 && report.processes.pauses == 0)
      let stood = report.processes.stoodStill / .seconds(1)
      #expect((1.78...1.82).contains(stood), "\(stood)")
      #expect(report.processes.delayedJobs >= slow.count { $0 > normal })
    }
  }

  /// Yields as often as it can, and logs how often every 100 ms.
  private struct Busy: Program {
    func run(on node: Node) async throws {
      node.logger.info("started")
      var end = Duration.milliseconds(100)
      while end < .milliseconds(3_500) {
        var rounds = 0
        while node.clock.now.offset < end {
          await Task.yield()
          rounds += 1
        }
        node.logger.info("busy", metadata: ["rounds": "\(rounds)"])
        end += .milliseconds(100)
      }
    }
  }

  @Test(arguments: [1.0, 2, 10])
  func `a busy process gets its share of time done, also after a restart`(factor: Double) {
    var scenario = Scenario("busy") {
      Processes(named: "busy") { Busy() }
      Clients { node, _ in try await node.clock.sleep(for: .milliseconds(3_550)) }
      Chaos(for: .seconds(3)) {
        Once { faults in
          let process = faults.cluster.processes[0]
          faults.slow(process, by: factor, for: .seconds(2))
          try await faults.sleep(for: .seconds(1))
          faults.reboot(process, .crash, recovery: .milliseconds(1))
        }
      }
      Budget(run: .seconds(10), settle: .zero)
    }
    // One job in 50 to 150 µs: enough of them for a mean, not too many for a test.
    scenario.options.jobCost = .microseconds(50) ... .microseconds(150)
    for report in scenario.reports(0..<5) {
      #expect(report.passed && report.starts == [2], "\(report.line)")
      func mean(_ span: Range<Int>) -> Double {
        let rounds = report.timeline.filter {
          $0.name == "busy" && $0.time >= .milliseconds(span.lowerBound + 110)
            && $0.time < .milliseconds(span.upperBound)
        }.compactMap { $0.int("rounds") }
        return Double(rounds.reduce(0, +)) / Double(rounds.count)
      }
      let normal = mean(0..<490)
      for span in [500..<1_490, 1_520..<2_490] {
        let share = mean(span) / normal * factor
        #expect((0.85...1.15).contains(share), "\(factor), \(span): \(share)")
      }
      let after = mean(2_600..<3_500) / normal
      #expect((0.9...1.1).contains(after))
    }
  }

  @Test func `a paused process answers when it goes on, and the longest pause counts`() {
    let scenario = pings { faults in
      let process = faults.cluster.processes[0]
      faults.pause(process, for: .milliseconds(700))
      faults.pause(process, for: .milliseconds(100))  // no effect of its own
    }
    for report in scenario.reports(0..<10) {
      #expect(report.passed, "\(report.line)")
      let all = latencies(report, of: "echo-0", in: 0..<5_000)
      // The first ping of the pause comes within 15 ms of its begin.
      #expect(all.count { $0 > 600_000 } == 1)
      #expect((680_000...720_000).contains(all.max() ?? 0))
      #expect((latencies(report, of: "echo-1", in: 0..<5_000).max() ?? .max) < 100_000)
      #expect(report.processes.pauses == 1 && report.processes.delayedJobs >= 1)
      // A job under way when it is due is waited for.
      let stood = report.processes.stoodStill
      #expect(stood >= .milliseconds(700) && stood < .milliseconds(701), "\(stood)")
    }
  }

  @Test func `the end of the phase ends them, whatever their time`() {
    for report in pings({ faults in
      faults.pause(faults.cluster.processes[0], for: .seconds(600))
      faults.slow(faults.cluster.processes[1], by: 10_000, for: .seconds(600))
    }).reports(0..<10) {
      #expect(report.passed, "\(report.line)")
      // The chaos phase is over 4 s after the set-up.
      for server in ["echo-0", "echo-1"] {
        let after = latencies(report, of: server, in: 4_010..<5_000)
        #expect(after.count > 50 && (after.max() ?? .max) < 100_000)
      }
      #expect(report.processes.stoodStill > .milliseconds(6_990))
    }
  }

  // MARK: What is counted

  /// Asks for nothing but its clock, every 10 ms.
  private struct Ticking: Program {
    func run(on node: Node) async throws {
      while true { try await node.clock.sleep(for: .milliseconds(10)) }
    }
  }

  /// What an injector does to one process that ticks, in a chaos phase of 4 s.
  private func ticking(
    _ act: @escaping @Sendable (FaultContext, ProcessReference) async throws -> Void
  ) -> SimulationReport {
    let report = Scenario("ticking") {
      Processes(named: "ticking") { Ticking() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(5)) }
      Chaos(for: .seconds(4)) { Once { try await act($0, $0.cluster.processes[0]) } }
      Budget(run: .seconds(100), settle: .zero)
    }.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    return report
  }

  private func seconds(_ report: SimulationReport) -> Double {
    report.processes.stoodStill / .seconds(1)
  }

  @Test func `a job that dies with its process is not counted as delayed`() {
    let killed = ticking { faults, process in
      faults.pause(process, for: .seconds(2))
      try await faults.sleep(for: .seconds(1))
      faults.reboot(process, .crash, recovery: .milliseconds(10))
    }
    #expect(killed.processes.delayedJobs == 0, "\(killed.processes)")
    #expect((0.99...1.01).contains(seconds(killed)))
    let lived = ticking { faults, process in faults.pause(process, for: .seconds(1)) }
    #expect(lived.processes.delayedJobs == 1, "\(lived.processes)")
  }

  @Test func `what has no effect is not counted as slow`() {
    let none = ticking { faults, process in
      faults.slow(process, by: 1, for: .seconds(2))
      faults.slow(process, by: 50, for: .zero)
      faults.pause(process, for: .zero)
    }
    #expect(none.processes == ProcessEffects(), "\(none.processes)")
    let dead = ticking { faults, process in
      faults.holdDown(process)
      faults.slow(process, by: 50, for: .seconds(2))
      try await faults.sleep(for: .seconds(1))
      faults.start(process)
    }
    #expect(dead.processes.slowdowns == 0 && dead.processes.stoodStill == .zero)
  }

  @Test func `a shorter slowness doesn't end a longer one, and the larger factor holds`() {
    let milder = ticking { faults, process in
      faults.slow(process, by: 10, for: .seconds(2))
      faults.slow(process, by: 2, for: .milliseconds(100))
    }
    #expect((1.78...1.82).contains(seconds(milder)), "\(milder.processes)")
    #expect(milder.processes.slowdowns == 1)
    let harder = ticking { faults, process in
      faults.slow(process, by: 2, for: .seconds(2))
      try await faults.sleep(for: .seconds(1))
      faults.slow(process, by: 20, for: .milliseconds(100))
    }
    // A half of 1.9 s, and 19 of 20 parts of 0.1 s.
    #expect((1.02...1.07).contains(seconds(harder)), "\(harder.processes)")
    #expect(harder.processes.slowdowns == 2)
  }

  // MARK: As a part of a chaos phase

  private struct Idle: Program {
    func run(on node: Node) async throws { try await node.clock.sleep(for: .seconds(600)) }
  }

  private func storm(_ faults: ProcessFaults, seconds: Int = 40) -> Scenario {
    Scenario("storm") {
      Processes(3, named: "idle") { Idle() }.tags("role", ["primary", "replica"])
      Clients { node, _ in try await node.clock.sleep(for: .seconds(seconds)) }
      Chaos(for: .seconds(seconds)) { faults }
      Budget(run: .seconds(100), settle: .zero)
    }
  }

  private func count(_ report: SimulationReport, _ name: String) -> Int {
    report.timeline.count { $0.kind == .fault && $0.name == name }
  }

  @Test func `strikes come at their rates, and are counted`() {
    var faults = ProcessFaults()
    faults.pause = ProcessFaults.Windows(rate: 0.1, lasting: .milliseconds(1) ... .milliseconds(9))
    faults.slowness = ProcessFaults.Windows(
      rate: 0.05, lasting: .milliseconds(20) ... .milliseconds(30))
    let reports = storm(faults).reports(0..<50)
    var pauses = 0
    var slowdowns = 0
    for report in reports {
      #expect(report.passed, "\(report.line)")
      #expect(count(report, "process.pause") == report.processes.pauses)
      #expect(count(report, "process.slow") == report.processes.slowdowns)
      pauses += report.processes.pauses
      slowdowns += report.processes.slowdowns
    }
    // 50 seeds of 3 processes and 40 s; five standard errors.
    #expect(abs(pauses - 600) < 123 && abs(slowdowns - 300) < 87, "\(pauses), \(slowdowns)")
    for event in reports.flatMap(\.timeline) where event.name == "process.slow" {
      #expect((2.0...20).contains(Double(event["factor"] ?? "") ?? 0))
    }
  }

  @Test func `random has both families, swarm each in half of the seeds`() {
    func seeds(_ mode: ChaosMode, _ name: String) -> Int {
      storm(ProcessFaults(mode)).reports(0..<60).count { count($0, name) > 0 }
    }
    // Rates of 0 to 0.05 for 3 processes and 40 s: most seeds have some.
    for name in ["process.pause", "process.slow"] {
      let (random, swarm) = (seeds(.random, name), seeds(.swarm, name))
      #expect(random > 40, "\(name): \(random)")
      #expect((15...40).contains(swarm), "\(name): \(swarm)")
    }
  }

  @Test func `off is never, over 1,000 seeds`() {
    var masked = ProcessFaults(.random)
    masked.families = []
    for faults in [ProcessFaults(), masked] {
      let struck = storm(faults, seconds: 5).reports(0..<1_000).filter {
        !$0.passed || $0.processes != ProcessEffects() || count($0, "process.pause") > 0
      }
      #expect(struck.isEmpty)
    }
  }

  @Test func `a family that is masked leaves the other as it was`() {
    func pauses(_ report: SimulationReport) -> [TimelineEvent] {
      report.timeline.filter { $0.name == "process.pause" }
    }
    var masked = ProcessFaults(.random)
    masked.families = [.pause]
    let all = storm(ProcessFaults(.random)).reports(0..<20)
    let some = storm(masked).reports(0..<20)
    for (one, other) in zip(all, some) {
      #expect(pauses(one).map(\.description) == pauses(other).map(\.description))
      #expect(other.processes.slowdowns == 0)
    }
    #expect(all.contains { $0.processes.slowdowns > 0 })
  }

  @Test func `only those with the tag are struck`() {
    var faults = ProcessFaults()
    faults.pause = ProcessFaults.Windows(rate: 1, lasting: .milliseconds(1) ... .milliseconds(9))
    faults.victims = ProcessTag("role", "replica")
    for report in storm(faults).reports(0..<5) {
      let struck = report.timeline.filter { $0.name == "process.pause" }.map { $0["process"] }
      #expect(struck.count > 10 && Set(struck) == ["idle-1"])
    }
  }

  @Test(arguments: [
    Refusal("process.pause.rate") { () throws(InvalidConfiguration) in
      try refused { $0.pause.rate = -1 }
    },
    Refusal("process.pause.duration.lowerBound") { () throws(InvalidConfiguration) in
      try refused { $0.pause.duration = .seconds(-1) ... .zero }
    },
    Refusal("process.slowness.duration") { () throws(InvalidConfiguration) in
      try refused { $0.slowness.rate = 1 }
    },
    Refusal("process.slownessFactor") { () throws(InvalidConfiguration) in
      try refused { $0.slownessFactor = 0...2 }
    },
    Refusal("process.slownessFactor") { () throws(InvalidConfiguration) in
      try refused { $0.slownessFactor = 2...1_001 }
    },
    Refusal("process.correlation.hurst") { () throws(InvalidConfiguration) in
      try refused { $0.correlation.hurst = 1 }
    },
  ]) func `bad fields are refused by name`(refusal: Refusal) { refusal.check() }
}

private func refused(_ change: (inout ProcessFaults) -> Void) throws(InvalidConfiguration) {
  var faults = ProcessFaults()
  change(&faults)
  try faults.validate("process")
}
