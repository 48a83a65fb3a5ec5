//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import Testing

@Suite struct AttritionInScenariosTests {
  private func scenario(_ attrition: Attrition) -> Scenario {
    Scenario("echo under attrition") {
      Processes(1...1, named: "echo") { _ in Echo() }
        .layout(Layout(datacenters: 1, zones: 2, machines: 2, processes: 2))
      Clients { node, cluster in
        // Counts the dead as often as possible: never more than allowed.
        var most = 0
        for _ in 0..<2_000 {
          most = max(most, cluster.processes.count { !cluster.isAlive($0) })
          try await node.clock.sleep(for: .milliseconds(10))
        }
        node.logger.info("most dead", metadata: ["count": "\(most)"])
      }
      Chaos(for: .seconds(15)) { attrition }
    }
  }

  @Test func `processes die and come back, never more at a time than allowed`() {
    var seen: Set<Int> = []
    for report in scenario(Attrition(maxDead: 2)).reports(0..<30) {
      #expect(report.passed, "\(report.line)")
      let most = report.timeline.first { $0.name == "most dead" }?.int("count") ?? 99
      #expect(most <= 2)
      seen.insert(most)
    }
    #expect(seen.contains(2))
  }

  private func index(_ fault: TimelineEvent) -> Int {
    Int(fault["process"]?.split(separator: "-").last ?? "") ?? -1
  }

  @Test func `a machine dies as a whole`() {
    var strikes = 0
    for report in scenario(Attrition(maxDead: 2, scope: .machine)).reports(0..<30) {
      #expect(report.passed, "\(report.line)")
      let faults = report.timeline.filter { $0.kind == .fault && $0.name.hasPrefix("process.") }
      for (one, next) in zip(faults, faults.dropFirst()) where one.time == next.time {
        // Processes 0 and 1 share a machine, 2 and 3 the next.
        #expect((index(one) / 2) == (index(next) / 2) && one.name == next.name)
        strikes += 1
      }
    }
    #expect(strikes > 30)
  }

  @Test func `switched off, nothing dies`() {
    for report in scenario(.off).reports(0..<30) {
      #expect(report.passed && report.starts == Array(repeating: 1, count: 8))
    }
  }

  /// Runs with strikes of all kinds, but each of them switched off.
  private static let quietRuns: [AttritionProbe] = {
    var off = attrition().without(.graceful, .kill, .crash, .powerLoss, .wipe)
    off.interval = .milliseconds(10) ... .milliseconds(20)
    return AttritionProbe.probes(
      off, seeds: 0..<1_000, for: .milliseconds(100), in: Layout(processes: 2))
  }()

  @Test(arguments: Attrition.Kind.allCases)
  func `a kind that is switched off never comes`(kind: Attrition.Kind) {
    let bad = Self.quietRuns.filter {
      !$0.report.passed || !$0.signs.isEmpty || $0.report.processes != ProcessEffects()
    }
    #expect(Self.quietRuns.count == 1_000 && bad.isEmpty, "\(bad.map(\.report.seed))")
    var others = attrition()
    others.families.remove(kind)
    for probe in AttritionProbe.probes(others, seeds: 0..<4) {
      #expect(probe.report.passed && !probe.downs.isEmpty, "\(probe.report.line)")
      #expect(probe.report.processes.reboots[kind.reboot] == nil)
    }
  }

  @Test func `bad fields are refused before the run, by name`() {
    let report = scenario(Attrition(maxDead: 1, graceful: -1)).run(seed: 1)
    #expect(report.line.contains("invalid configuration: attrition.graceful"), "\(report.line)")
  }
}

extension Attrition.Kind {
  fileprivate var reboot: RebootKind {
    switch self {
    case .graceful: .graceful
    case .kill: .kill
    case .crash: .crash
    case .powerLoss: .powerLoss
    case .wipe: .crashAndWipe
    }
  }
}
