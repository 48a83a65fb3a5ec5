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

@Suite struct ScenarioTests {
  @Test func `a cluster without faults serves its clients`() {
    let scenario = Scenario("echo") {
      Processes(3, named: "echo") { Echo() }
      Clients(2) { EchoCalls() }
    }
    for report in scenario.reports(0..<20) {
      #expect(report.passed, "\(report.line)")
      #expect(report.starts == [1, 1, 1])
      #expect(report.timeline.filter { $0.name == "booted" }.count == 3)
      #expect(report.timeline.filter { $0.name == "finished" }.count == 2)
    }
  }

  /// Crashes one process after the other.
  struct Crashes: FaultInjector {
    var kind: RebootKind

    func inject(with faults: FaultContext) async throws {
      while true {
        try await faults.sleep(for: .milliseconds(200))
        guard let victim = faults.random.element(of: faults.cluster.liveProcesses) else { continue }
        faults.reboot(victim, kind, grace: .milliseconds(50), recovery: .milliseconds(500))
      }
    }
  }

  @Test(arguments: RebootKind.allCases)
  func `processes that go down start again, and clients get through`(kind: RebootKind) {
    let scenario = Scenario("echo with crashes") {
      Processes(3, named: "echo") { Echo() }
      Clients(2) { EchoCalls(wanted: 100) }
      Chaos(for: .seconds(20)) { Crashes(kind: kind) }
    }
    var starts = 0
    for report in scenario.reports(0..<20) {
      #expect(report.passed, "\(report.line)")
      let started = report.timeline.filter { $0.name == "started" }.count
      let booted = report.timeline.filter { $0.name == "booted" }.count
      #expect(started == report.starts.reduce(0, +) && booted <= started)
      starts += started
    }
    #expect(starts > 20 * 3)
  }

  @Test func `a program that throws fails the run, with its name`() {
    struct Broken: Program {
      func run(on node: Node) async throws {
        try await node.clock.sleep(for: .seconds(1))
        throw PropertyViolation("disk on fire")
      }
    }
    let scenario = Scenario("broken") {
      Processes(1, named: "broken") { Broken() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(5)) }
    }
    let report = scenario.run(seed: 1)
    #expect(report.run.verdict.name == "violated")
    #expect(report.line.contains("broken runs without error violated: disk on fire"))
    #expect(report.run.virtualTime < .seconds(2))
  }

  @Test func `a workload that throws fails the run, with its phase`() {
    struct Failing: Workload {
      var phase: String
      func fail(_ here: String) throws {
        if here == phase { throw PropertyViolation("no") }
      }
      func setUp(on node: Node, in cluster: Cluster) async throws { try fail("setUp") }
      func run(on node: Node, in cluster: Cluster) async throws { try fail("run") }
      func check(on node: Node, in cluster: Cluster) async throws { try fail("check") }
    }
    for (phase, told) in [("setUp", "setUp"), ("run", "run"), ("check", "check")] {
      let report = Scenario("failing") { Clients(2) { Failing(phase: phase) } }.run(seed: 1)
      #expect(report.run.verdict.name == "threw")
      #expect(report.line.contains("failed in phase \(told): no"), "\(report.line)")
    }
  }

  @Test func `a phase that takes too long fails the run`() {
    let scenario = Scenario("slow") {
      Clients { node, _ in try await node.clock.sleep(for: .seconds(100)) }
      Budget(run: .seconds(10))
    }
    let report = scenario.run(seed: 1)
    #expect(report.line.contains("phase run took longer than its budget of 10.0 seconds"))
  }

  @Test func `an invariant is checked while it can still tell`() {
    let scenario = Scenario("invariant") {
      Clients { node, _ in
        for version in [1, 2, 5, 4] {
          node.logger.info("applied", metadata: ["version": "\(version)"])
          try await node.clock.sleep(for: .seconds(1))
        }
      }
      Invariant("versions never go back", state: 0) { last, timeline in
        for event in timeline.new("applied") {
          let version = event.int("version") ?? 0
          if version < last { throw PropertyViolation("\(version) after \(last)") }
          last = version
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.run.verdict.name == "violated")
    #expect(report.line.contains("versions never go back violated: 4 after 5 at sim_time=3."))
    #expect(scenario.invariants[0].violations(in: report.timeline).count == 1)
  }

  @Test func `typed events of clients stand on the timeline as those of processes do`() {
    struct Told: NodeEvent {
      var number: Int
    }
    struct Teller: Program {
      func run(on node: Node) async throws { node.emit(Told(number: 1)) }
    }
    let scenario = Scenario("typed events") {
      Processes(1, named: "process") { Teller() }
      Clients { node, _ in node.emit(Told(number: 2)) }
    }
    let told = scenario.run(seed: 1).timeline.filter { $0.kind == .event }
    #expect(told.map { ($0.value as? Told)?.number }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [1, 2])
    #expect(told.map(\.source).sorted() == ["client", "process"])
  }

  @Test func `equal seeds give equal runs`() {
    var scenario = Scenario("echo with crashes") {
      Processes(3...5, named: "echo") { _ in Echo() }
      Clients(2) { EchoCalls(wanted: 20) }
      Chaos(for: .seconds(5)) { Crashes(kind: .crash) }
    }
    scenario.options.trace = .digest
    let digests = scenario.reports(0..<50).map(\.run.digest)
    let again = scenario.reports((0..<50).reversed()).map(\.run.digest)
    #expect(digests == again.reversed())
    #expect(Set(digests).count == 50)
  }
}
