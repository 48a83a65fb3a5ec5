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

/// Families of clock faults, as programs read them from their clocks.
@Suite struct ClockFaultFamilyTests {
  typealias Family = ClockFaults.Family

  @Test(arguments: Family.allCases)
  func `a family alone shows, and nothing else does`(family: Family) {
    var clocks = wrongClocks
    clocks.families = [family]
    for probe in ClockProbe.probes(clocks, seeds: 0..<20) {
      #expect(probe.report.passed, "\(probe.report.line)")
      for other in Family.allCases {
        #expect(probe.shows(other) == (other == family), "\(other), seed \(probe.report.seed)")
        #expect((probe.report.clocks.strikes(of: other) > 0) == (other == family))
      }
    }
  }

  /// Runs with wrong clocks, but every family switched off.
  private static let quietRuns = ClockProbe.probes(
    wrongClocks.without(.skew, .drift, .jump, .slew), seeds: 0..<1_000, for: .milliseconds(45),
    processes: 1)

  @Test(arguments: Family.allCases)
  func `switched off, it never happens`(family: Family) {
    let bad = Self.quietRuns.filter {
      !$0.report.passed || $0.shows(family) || $0.report.clocks != ClockEffects()
    }
    #expect(Self.quietRuns.count == 1_000 && bad.isEmpty, "\(bad.map(\.report.seed))")
  }

  private func lines(_ report: SimulationReport, _ name: String) -> [String] {
    report.events(name).map { "\($0)" }
  }

  @Test func `a family that is masked leaves the others as they were`() {
    let all = ClockProbe.probes(wrongClocks, seeds: 0..<20)
    for family in Family.allCases {
      for (some, every) in zip(
        ClockProbe.probes(wrongClocks.without(family), seeds: 0..<20), all)
      {
        #expect(!some.shows(family) && some.report.clocks.strikes(of: family) == 0)
        for other in Family.allCases where other != family {
          let strikes = some.report.clocks.strikes(of: other)
          // A new rate that is the old one is no strike.
          #expect(abs(strikes - every.report.clocks.strikes(of: other)) <= 1)
        }
        if family == .drift || family == .slew {
          #expect(lines(some.report, "clock.jump") == lines(every.report, "clock.jump"))
        } else {
          #expect(lines(some.report, "clock.rate") == lines(every.report, "clock.rate"))
        }
      }
    }
  }

  @Test func `swarm has each family in half of the seeds`() {
    let swarm = ClockProbe.probes(ClockFaults(.swarm), seeds: 0..<200, for: .milliseconds(45))
    for family in [Family.skew, .drift] {
      let count = swarm.count { $0.report.clocks.strikes(of: family) > 0 }
      // Five standard errors.
      #expect((65...135).contains(count), "\(family): \(count)")
    }
  }
}
