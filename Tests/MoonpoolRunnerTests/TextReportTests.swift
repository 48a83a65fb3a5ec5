//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What a report says to people.
@Suite struct TextReportTests {
  private func text(
    _ scenario: Scenario, _ seeds: ClosedRange<UInt64>, stop: StopRule = .never
  ) throws -> String {
    var report = try Campaign(scenario, seeds: SeedPlan(Seeds(seeds)), stop: stop).run()
    report.wallTime = .milliseconds(1_500)
    return report.text
  }

  @Test func aGreenCampaign() throws {
    let text = try text(PlantedScenarios.planted(.fixed), 1...3)
    #expect(text.hasPrefix("planted, fixed: 3 seeds in 1.5 s (2 seeds/s), "))
    #expect(text.hasSuffix("\n\nPASSED\n") && text.contains("✓  reachable  a mended client runs"))
  }

  @Test func aFailureIsExplained() throws {
    let text = try text(PlantedScenarios.planted(.broken), 0...0)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0].hasPrefix("planted, broken: 1 seed in 1.5 s (0 seeds/s), "))
    #expect(lines[2].hasPrefix("FAILED seed=0 — nothing was lost violated at sim_time="))
    #expect(lines[3] == "  one seed; a second run was the same")
    #expect(lines[4].hasPrefix("  CampaignScenarios/Defect.swift:59, on client, decision "))
    #expect(lines.contains("  the last events before it:"))
    #expect(
      lines.contains {
        $0.hasPrefix("✗  always") && $0.contains("nothing was lost") && $0.contains(" 0 of 1  ")
      })
    #expect(lines.contains { $0.hasPrefix("○  sometimes  a nineteen") })
    #expect(
      lines.dropLast().last?.hasPrefix("FAILED: 1 of 1 seeds failed (1 kind), ") == true)
  }

  @Test func soonestFailureAndCountAreThere() throws {
    let text = try text(PlantedScenarios.planted(.broken), 0...39)
    #expect(text.contains("\n  2 seeds"))
    #expect(text.contains("FAILED: 18 of 40 seeds failed (9 kinds)"))
    #expect(text.contains("planted, broken: 40 seeds in 1.5 s (26 seeds/s), "))
  }

  @Test func anEarlyEndIsSaid() throws {
    let text = try text(
      PlantedScenarios.planted(.broken), 0...79, stop: StopRule(failures: 2))
    #expect(text.contains("(stopped at the failures it was to find)\n"))
  }

  @Test func faultsOfTheFailingRunAreNamed() throws {
    let report = try SampleReports.chaotic()
    let group = try #require(report.failures.first)
    let again = PlantedScenarios.chaotic.run(seed: group.first.seed)
    let struck = FaultTable.struck(in: again).map { (FaultTable.names[$0.family], $0) }
    #expect(group.details.faults.map(\.family) == struck.map { $0.0 })
    #expect(group.details.faults.map(\.fired) == struck.map { $0.1.fired })
    #expect(group.details.faults.map(\.effective) == struck.map { $0.1.effective })
    let lines = report.text.split(separator: "\n").map(String.init)
    for (family, count) in struck {
      let isEffective = count.effective > 0
      let start = "  faults before it\(isEffective ? "" : " without effect"): "
      let line = try #require(lines.first { $0.hasPrefix(start) })
      #expect(line.contains(" \(family) \(count.fired)\(isEffective ? " (" : "")"))
    }
    #expect(Set(struck.map { $0.1.effective > 0 }).count == 2)
    // What did nothing in the whole campaign stands out in the table, too.
    let quiet = try #require(report.faults.first { $0.effective == 0 })
    let row = try #require(lines.first { $0.hasPrefix("○  \(quiet.family) ") })
    #expect(row.hasSuffix("no effect"))
    #expect(report.text(.coloured).contains("\u{1b}[33m\(row)\u{1b}[0m"))
  }
}
