//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Synchronization
import Testing

/// `buggify` as production code calls it.
@Suite struct BuggifyInScenariosTests {
  /// Visits a site twenty times and logs when it fired.
  private struct Visitor: Program {
    var also: Bool

    func run(on node: Node) async throws {
      for visit in 0..<20 {
        if also { _ = buggify(named: "another") }
        if buggify(named: "site") { node.logger.info("fired", metadata: ["visit": "\(visit)"]) }
        try await node.clock.sleep(for: .milliseconds(1))
      }
    }
  }

  private func scenario(_ options: Buggify?, also: Bool = false) -> Scenario {
    Scenario("visits") {
      Processes(named: "visitor") { Visitor(also: also) }
      Clients { node, _ in try await node.clock.sleep(for: .milliseconds(50)) }
      Chaos(for: .seconds(1)) {
        if let options { options }
      }
      Budget(run: .seconds(1), settle: .zero)
    }
  }

  private func told(_ report: SimulationReport) -> [Int?] {
    report.timeline.filter { $0.name == "fired" }.map { $0.int("visit") }
  }

  @Test func `a quarter of the seeds arms a site, which fires at a quarter of its visits`() {
    let reports = scenario(Buggify()).reports(0..<1_000)
    let armed = reports.filter { $0.buggify[0].isArmed }
    // Five standard errors each.
    #expect(abs(armed.count - 250) < 69)
    let visits = armed.reduce(0) { $0 + Int($1.buggify[0].visited) }
    let fired = armed.reduce(0) { $0 + Int($1.buggify[0].fired) }
    #expect(visits >= 19 * armed.count)
    #expect(abs(Double(fired) - 0.25 * Double(visits)) < 5 * (0.1875 * Double(visits)).squareRoot())
    for report in reports {
      #expect(report.passed && report.buggify.map(\.name) == ["site"], "\(report.line)")
      // What the program saw is what the report counts.
      #expect(told(report).count == Int(report.buggify[0].fired))
      #expect(report.buggify[0].isArmed || report.buggify[0].fired == 0)
    }
  }

  @Test func `another site shifts nothing of this one`() {
    let options = Buggify(armed: 0.5, fired: 0.5)
    let alone = scenario(options).reports(0..<100)
    let together = scenario(options, also: true).reports(0..<100)
    for (one, two) in zip(alone, together) {
      #expect(told(one) == told(two))
      let another = two.buggify.first { $0.name == "another" }
      #expect((another?.visited ?? 0) > 0)
    }
    let differ = together.count { $0.buggify[0].isArmed != $0.buggify[1].isArmed }
    #expect(differ > 20)
  }

  @Test func `without the part no site fires, counts, or draws`() {
    let off = scenario(nil).reports(0..<1_000)
    let same = scenario(.off, also: true).reports(0..<1_000)
    for (report, another) in zip(off, same) {
      #expect(report.passed && told(report).isEmpty && report.buggify.isEmpty)
      #expect(another.passed && another.run.decisionCount == report.run.decisionCount)
    }
  }

  /// Visits a site in each of its phases.
  private struct PhaseVisitor: Workload {
    func visit(_ node: Node, _ phase: String) {
      if buggify(named: "site", probability: 1) { node.logger.info("fired in \(phase)") }
    }
    func setUp(on node: Node, in cluster: Cluster) async throws { visit(node, "setUp") }
    func run(on node: Node, in cluster: Cluster) async throws {
      try await node.clock.sleep(for: .milliseconds(1))
      visit(node, "run")
      try await node.clock.sleep(for: .seconds(2))
      visit(node, "quiet")
    }
    func check(on node: Node, in cluster: Cluster) async throws { visit(node, "check") }
  }

  @Test func `sites fire while the chaos phase lasts, and in clients too`() {
    let scenario = Scenario("phases") {
      Clients { PhaseVisitor() }
      Chaos(for: .seconds(1)) { Buggify(armed: 1, fired: 1) }
    }
    for report in scenario.reports(0..<20) {
      #expect(report.passed, "\(report.line)")
      let fired = report.timeline.map(\.name).filter { $0.hasPrefix("fired") }
      #expect(fired == ["fired in run"])
      #expect(report.buggify.map(\.visited) == [1])
    }
  }

  @Test func `every form asks the run, each at a place of its own`() {
    let scenario = Scenario("forms") {
      Clients { node, _ in
        try await node.clock.sleep(for: .milliseconds(1))
        let whole = buggifyKnob(100, in: 1...3)
        let fraction = buggifyKnob(9.5, in: 0.5...1)
        let time = buggifyKnob(.seconds(9), in: .zero ... .milliseconds(1))
        let fires = [buggify(), buggify(probability: 1)]
        node.logger.info(
          "forms",
          metadata: [
            "whole": "\((1...3).contains(whole))", "fraction": "\((0.5...1).contains(fraction))",
            "time": "\(time <= .milliseconds(1))", "fires": "\(fires)",
          ])
      }
      Chaos(for: .seconds(1)) { Buggify(armed: 1, fired: 1) }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    let forms = report.timeline.first { $0.name == "forms" }
    #expect(["whole", "fraction", "time"].map { forms?[$0] } == ["true", "true", "true"])
    #expect(forms?["fires"] == "[true, true]")
    let places = report.buggify.map(\.name)
    // The last two stand on one line and are one.
    #expect(
      places.count == 4 && places.allSatisfy { $0.contains("BuggifyInScenariosTests.swift:") })
  }

  @Test func `outside of simulations nothing fires and settings stay`() {
    _ = scenario(Buggify(armed: 1, fired: 1)).run(seed: 1)  // installs what answers
    #expect(!buggify() && !buggify(probability: 1) && !buggify(named: "site", probability: 1))
    #expect(buggifyKnob(100, in: 1...3) == 100 && buggifyKnob(9.5, in: 0...1) == 9.5)
    #expect(buggifyKnob(.seconds(9), in: .zero ... .seconds(1)) == .seconds(9))
  }

  /// Where threads wait for one another.
  private final class Meeting: Sendable {
    let arrived = Atomic<Int>(0)

    func wait(for count: Int) {
      arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while arrived.load(ordering: .sequentiallyConsistent) < count {}
    }
  }

  /// Visits a site of its own while the other threads do.
  private static func meeting(_ name: StaticString, _ options: Buggify?, _ meeting: Meeting)
    -> Scenario
  {
    Scenario("meeting") {
      Clients { node, _ in
        try await node.clock.sleep(for: .milliseconds(1))
        meeting.wait(for: 3)
        let fired = (0..<1_000).count { _ in buggify(named: name) }
        node.logger.info("fired", metadata: ["count": "\(fired)"])
        meeting.wait(for: 6)
      }
      Chaos(for: .seconds(1)) {
        if let options { options }
      }
    }
  }

  @Test func `simulations in two threads and real code beside them don't meet`() async {
    let together = Meeting()
    let loud = Self.meeting("loud", Buggify(armed: 1, fired: 1), together)
    let quiet = Self.meeting("quiet", nil, together)
    async let first = onThread { loud.run(seed: 1) }
    async let second = onThread { quiet.run(seed: 1) }
    async let real = onThread {
      together.wait(for: 3)
      let fired = (0..<1_000).count { _ in buggify(named: "real", probability: 1) }
      together.wait(for: 6)
      return fired
    }
    let (one, two, fired) = await (first, second, real)
    #expect(one.passed && two.passed, "\(one.line), \(two.line)")
    #expect(one.timeline.first { $0.name == "fired" }?.int("count") == 1_000)
    #expect(two.timeline.first { $0.name == "fired" }?.int("count") == 0)
    #expect(fired == 0)
    #expect(one.buggify.map(\.name) == ["loud"] && one.buggify[0].visited == 1_000)
    #expect(two.buggify.isEmpty)
  }

  @Test func `bad options are refused by name`() {
    let report = scenario(Buggify(armed: 1.2)).run(seed: 1)
    #expect(report.line.contains("invalid configuration: buggify.armed is 1.2; must be in 0...1"))
  }
}
