//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CalculatorScenarios
import MoonpoolRuntime
import MoonpoolSim
import PingPongPrograms
import PingPongScenarios
import Testing

@Suite struct SimulationTests {
  @Test func `clients of the calculator are told what is right, under chaos`() {
    let reports = reports(CalculatorScenario.calculator)
    for report in reports {
      #expect(report.passed, "\(report.line)")
      #expect(count(Calculated.self, in: report) >= 12, "\(report.line)")
    }
    expectChaos(reports)
  }

  @Test func `each ball comes back, under chaos`() {
    let reports = reports(PingPongScenario.pingPong)
    for report in reports {
      #expect(report.passed, "\(report.line)")
      #expect(count(Played.self, in: report) > 2, "\(report.line)")
    }
    expectChaos(reports)
  }

  @Test func `percentiles are those of the nearest rank`() {
    let latencies = [50, 15, 40, 20, 35].map { Duration.microseconds($0) }
    let result = GameResult(elapsed: .milliseconds(2), latencies: latencies)
    #expect(result.count == 5)
    #expect(result.perSecond == 2_500)
    let percents: [(Double, Int)] = [(0, 15), (5, 15), (30, 20), (40, 20), (50, 35), (100, 50)]
    for (percent, microseconds) in percents {
      #expect(result.percentile(percent) == .microseconds(microseconds), "\(percent)")
    }
    let nothing = GameResult(elapsed: .zero, latencies: [])
    #expect(nothing.percentile(50) == .zero && nothing.perSecond == 0)
  }

  private func reports(_ scenario: Scenario) -> [SimulationReport] {
    var reports: [SimulationReport] = []
    scenario.run(seeds: 1...20) {
      reports.append($0)
      return true
    }
    return reports
  }

  private func count<Event>(_ type: Event.Type, in report: SimulationReport) -> Int {
    report.timeline.count { $0.value is Event }
  }

  /// The chaos that was survived was one.
  private func expectChaos(_ reports: [SimulationReport]) {
    #expect(reports.contains { $0.processes.reboots.values.reduce(0, +) > 0 })
    #expect(reports.contains { $0.network.strikes.values.reduce(0, +) > 0 })
  }
}
