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

@Suite struct TimelineTests {
  private func scenario(capacity: Int, lines: Int, _ invariant: Invariant? = nil) -> Scenario {
    var scenario = Scenario("lines") {
      Clients { node, _ in
        for line in 0..<lines {
          node.logger.info(line % 3 == 0 ? "third" : "other", metadata: ["line": "\(line)"])
          try await node.clock.sleep(for: .milliseconds(1))
        }
      }
      if let invariant { invariant }
    }
    scenario.timelineCapacity = capacity
    return scenario
  }

  @Test(arguments: [1, 10, 100, 1_000_000])
  func `it keeps the last events, and no more than twice as many as it must`(capacity: Int) {
    let kept = scenario(capacity: capacity, lines: 500).run(seed: 1).timeline
    let all = scenario(capacity: .max, lines: 500).run(seed: 1).timeline
    #expect(kept.count >= min(capacity, all.count) && kept.count <= max(2 * capacity, 2))
    #expect(kept.map(\.description) == all.suffix(kept.count).map(\.description))
    #expect(kept.map(\.number) == all.suffix(kept.count).map(\.number))
  }

  @Test(arguments: [1, 7, 1_000])
  func `an invariant sees each event once, and counts all`(capacity: Int) {
    let invariant = Invariant("lines come one by one", state: 0) { next, timeline in
      for event in timeline.new("third") {
        guard event.int("line") == next else { throw PropertyViolation("\(event), not \(next)") }
        next += 3
      }
      guard timeline.count("third") == next / 3 else {
        throw PropertyViolation("\(timeline.count("third")) counted, \(next / 3) seen")
      }
    }
    let report = scenario(capacity: capacity, lines: 200, invariant).run(seed: 1)
    #expect(report.passed)
  }

  @Test func `a recorded log breaks an invariant once, as a run does`() {
    let invariant = Invariant("nothing is seen") { timeline in
      if timeline.count("x") > 1 { throw PropertyViolation("seen") }
    }
    let log = (0..<5).map { TimelineEvent(time: .seconds($0), source: "a", name: "x") }
    let found = invariant.violations(in: log)
    #expect(found == ["\(log[1]): seen"])
    #expect(invariant.violations(in: log.prefix(1)) == [])
  }

  @Test func `a capacity of nothing is refused`() {
    let report = scenario(capacity: 0, lines: 1).run(seed: 1)
    #expect(report.line.contains("timelineCapacity is 0; must be at least 1"))
  }
}
