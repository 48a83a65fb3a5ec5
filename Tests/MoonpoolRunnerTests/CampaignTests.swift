//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolAssertions
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// Campaigns with and without workers.
@Suite struct CampaignTests {
  private func campaign(
    _ scenario: Scenario, _ seeds: ClosedRange<UInt64>, workers: Int?, stop: StopRule = .never
  ) -> Campaign {
    Campaign(
      scenario, seeds: SeedPlan(Seeds(seeds)), stop: stop, workers: workers,
      executable: HostProgram.path)
  }

  /// All of a report that must not depend on how fast it came about.
  private func facts(_ report: CampaignReport) -> String {
    var report = report
    report.wallTime = .zero
    return "\(report)"
  }

  @Test func theReportIsTheSameForAnyNumberOfWorkers() throws {
    let here = try campaign(PlantedScenarios.trivial, 1...300, workers: nil).run()
    #expect(here.seedCount == 300 && here.passed)
    #expect(here.assertions.map(\.passes) == [900, here.assertions[1].passes])
    #expect((1...40).contains(here.assertions[1].passes))
    for workers in [1, 2, 3] {
      let there = try campaign(PlantedScenarios.trivial, 1...300, workers: workers).run()
      #expect(facts(there) == facts(here))
    }
  }

  @Test(arguments: [nil, 2]) func everyPlantedDefectIsReportedAsWhatItIs(workers: Int?) throws {
    let report = try campaign(PlantedScenarios.planted(.broken), 0...39, workers: workers).run()
    #expect(report.seedCount == 40 && report.failedCount == 18)
    let kinds = Dictionary(
      report.failures.map { ($0.first.seed % 20, $0) }, uniquingKeysWith: { one, _ in one })
    #expect(report.failures.allSatisfy { $0.count == 2 })
    #expect(report.failures.allSatisfy { $0.details.isConfirmed == true })
    for defect in Defect.allCases where defect != .nondeterminism {
      let group = try #require(kinds[defect.rawValue], "\(defect)")
      #expect("\(group.signature)" == Self.signatures[defect], "\(defect)")
    }
    // A run that passes each time in another way is no failure, and is not repeatable.
    #expect(report.unrepeatable.map(\.seed).contains(9))
    #expect(Set(report.unrepeatable.map(\.seed)).isSubset(of: [9, 29]))
    #expect(!report.passed && report.failures.count == Defect.allCases.count - 1)
    // All stalls of a disk that nobody uses come to nothing.
    #expect(report.faults.map(\.family) == ["storage.stall"])
    #expect(report.faults[0].fired > 20 && report.faults[0].effective == 0)
    #if !DEBUG
      let missed = report.missed.map(\.site.message)
      #expect(missed == ["the last seed of all"] && report.missed[0].runs == 0)
      #expect(report.text.contains("never reached"))
    #endif
  }

  private static let signatures: [Defect: String] = [
    .failedCheck: "violated: nothing was lost (CampaignScenarios/Defect.swift:59)",
    .setUpError: "threw: WorkloadError: client failed in phase setUp: no table #",
    .trapInProcess: "crashed: CampaignScenarios/Defect.swift:#: Fatal error: "
      + "the victim stumbled at CampaignScenarios.Victim.run(on:)",
    .trapInClient: "crashed: CampaignScenarios/Defect.swift:#: Fatal error: "
      + "the client gave up at CampaignScenarios.DefectiveClient.run(on:in:)",
    .stuck: "deadlocked: a continuation at CampaignScenarios.DefectiveClient.run(on:in:)",
    .hang: "hung: CampaignScenarios.DefectiveClient.spin()",
    .livelock: "livelocked: a task at CampaignScenarios.DefectiveClient.run(on:in:); "
      + "a task at CampaignScenarios.Victim.run(on:)",
    .leakedTask: "leaked: a timer at closure #2 in CampaignScenarios.DefectiveClient.run(on:in:)",
    .violation: "violated: never thirteen",
  ]

  @Test func theFixedTwinIsGreen() throws {
    let report = try campaign(PlantedScenarios.planted(.fixed), 0...99, workers: 2).run()
    #expect(report.passed && report.seedCount == 100)
  }

  @Test func whatIsCoveredMustBeThere() throws {
    var scenario = PlantedScenarios.trivial
    scenario.covers = Covers("CampaignScenario")
    let misspelt = campaign(scenario, 1...1, workers: nil)
    #if DEBUG
      // Nothing is known of what was compiled in.
      #expect(try misspelt.run().seedCount == 1)
    #else
      let error = #expect(throws: RunnerError.self) { try misspelt.run() }
      #expect(
        error?.description == "'trivial' covers 'CampaignScenario', where no assertion was "
          + "compiled in; name a module, or a file as Module/File.swift")
    #endif
  }

  @Test func aWorkerThatDiesTakesNothingWithIt() throws {
    let report = try campaign(PlantedScenarios.deadly, 1...40, workers: 2).run()
    #expect(report.seedCount == 40 && report.failedCount == 4)
    let group = try #require(report.failures.first)
    #expect(report.failures.count == 1 && group.first.seed == 7 && group.count == 4)
    #expect(group.details.summary == "the process died of signal 9 (Killed)")
  }

  @Test func whatAKilledWorkerWasAtIsDoneAgain() throws {
    let marker = NSTemporaryDirectory() + "moonpool-kill-\(UUID())"
    setenv(ProcessDeath.markerVariable, marker, 1)
    let abort = marker + ".abort"
    close(open(abort, O_CREAT | O_WRONLY, 0o600))
    defer { for path in [marker, abort] { unlink(path) } }
    let report = try campaign(PlantedScenarios.unlucky, 1...40, workers: 2).run()
    #expect(access(marker, F_OK) == 0, "nobody was killed")
    // Nothing is counted twice, and nothing is missing.
    #expect(report.passed && report.seedCount == 40)
    #expect(report.assertions.map(\.passes) == [40, 40])
    #expect(report.assertions.map(\.runs) == [40, 40])
    // A process that dies by itself has a reason, also if its seed passes the second time.
    unlink(abort)
    let suspicious = try campaign(PlantedScenarios.unlucky, 1...40, workers: 2).run()
    #expect(access(abort, F_OK) == 0, "nobody died")
    #expect(suspicious.failedCount == 0 && suspicious.assertions == report.assertions)
    #expect(suspicious.unrepeatable.map(\.seed) == [5])
    #expect(!suspicious.passed)
  }

  @Test func aSeedThatTakesTooLongIsEnded() throws {
    var campaign = campaign(PlantedScenarios.slow, 1...10, workers: 2)
    campaign.seedTimeLimit = .seconds(3)
    let report = try campaign.run()
    #expect(report.seedCount == 10 && report.failedCount == 1)
    #expect(report.failures.first?.first.seed == 3)
    #expect(report.failures.first?.details.summary.contains("took longer than") == true)
  }

  @Test func whatDoesNotRepeatIsNamed() throws {
    let report = try campaign(PlantedScenarios.unrepeatable, 1...30, workers: 1).run()
    #expect(!report.unrepeatable.isEmpty && !report.passed)
  }

  @Test(arguments: [nil, 2]) func campaignsStopWhenTheyAreAskedTo(workers: Int?) throws {
    let scenario = PlantedScenarios.planted(.broken)
    let failed = try campaign(scenario, 0...999, workers: workers, stop: StopRule(failures: 3))
      .run()
    #expect(failed.stopReason == .failures && failed.seedCount == 3 && failed.failedCount == 3)
    let seen = try campaign(
      PlantedScenarios.trivial, 1...100_000, workers: workers, stop: StopRule(whenAllSeen: true)
    ).run()
    #expect(seen.stopReason == .allSeen && seen.seedCount < 1_000)
    var count = 0
    let interrupted = try campaign(PlantedScenarios.trivial, 1...100_000, workers: workers).run {
      _ in
      count += 1
      return count < 50
    }
    #expect(interrupted.stopReason == .interrupted && !interrupted.passed)
    #expect(interrupted.seedCount <= 50)
    let timed = try campaign(
      PlantedScenarios.trivial, 1...100_000_000, workers: workers,
      stop: StopRule(wallTime: .milliseconds(200))
    ).run()
    #expect(timed.stopReason == .wallTime && timed.passedCount == timed.seedCount)
  }
}
