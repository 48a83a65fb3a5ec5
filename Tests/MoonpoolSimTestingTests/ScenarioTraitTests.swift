//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import MoonpoolCore
import MoonpoolSimTesting
import Synchronization
import Testing

/// The trait, and the method for bodies, in tests of this process.
@Suite struct ScenarioTraitTests {
  private static let broken = PlantedScenarios.planted(.broken)
  private static let fixed = PlantedScenarios.planted(.fixed)

  @Test(.scenario(PlantedScenarios.planted(.fixed), seeds: 20)) func theBodySeesTheReport() {
    #expect(CampaignReport.current?.scenario == "planted, fixed")
    #expect(CampaignReport.current?.seedCount == 20)
    #expect(!Simulation.isRunning)
  }

  @Test func withoutATraitThereIsNoReport() {
    #expect(CampaignReport.current == nil)
  }

  @Test func theTestFailsAndItsBodyRunsNoneTheLess() async throws {
    let test = try #require(Test.current)
    let trait: ScenarioTrait = .scenario(Self.broken, seeds: Seeds(8...27))
    let issues = Mutex<[String]>([])
    let bodies = Mutex<[CampaignReport?]>([])
    try await withKnownIssue {
      try await trait.provideScope(for: test, testCase: nil) {
        bodies.withLock { $0.append(CampaignReport.current) }
      }
    } matching: { issue in
      issues.withLock { $0 += issue.comments.map(\.rawValue) }
      return issue.sourceLocation == test.sourceLocation
    }
    #expect(issues.withLock { $0.count } == 1)
    let text = issues.withLock { $0.first } ?? ""
    #expect(text.hasPrefix("FAILED seed=8 — never thirteen violated: saw "))
    #expect(
      text.hasSuffix(
        "replay: MOONPOOL_SEED=8 swift test --filter theTestFailsAndItsBodyRunsNoneTheLess"))
    #expect(bodies.withLock { $0.map { $0?.seedCount } } == [1])
  }

  @Test(arguments: [PlantedScenarios.trivial, fixed]) func scenariosAreArguments(
    _ scenario: Scenario
  ) async throws {
    let report = try await scenario.test(seeds: 10, requiresAll: false)
    #expect(report.failures.isEmpty && report.scenario == scenario.name)
    #expect(String(describingForTest: scenario) == scenario.name)
  }

  @Test func aBodyCanExpectAScenarioToPass() async throws {
    let issues = Mutex<[String]>([])
    try await withKnownIssue {
      let report = try await Self.broken.test(seeds: Seeds(parsing: "0, 8"), stop: .never)
      #expect(report.failures.count == 2)
    } matching: { issue in
      issues.withLock { $0 += issue.comments.map(\.rawValue) }
      return true
    }
    let firsts = issues.withLock {
      $0.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }
    #expect(firsts.filter { $0 != "assertion missed:" } == ["FAILED seed=0", "FAILED seed=8"])
    #expect(firsts.count > 2)
  }
}

private let runCount = Atomic(0)
private let counted = Scenario("counted") {
  Clients { _, _ in _ = runCount.add(1, ordering: .relaxed) }
}

/// One campaign for the whole suite.
@Suite(.scenario(counted, seeds: 10)) struct SuiteCampaignTests {
  // Each seed runs a second time, to see whether it repeats.
  @Test(arguments: 1...3) func runsOnce(_: Int) {
    #expect(CampaignReport.current?.seedCount == 10)
    #expect(runCount.load(ordering: .relaxed) == 20)
  }

  @Test func isEverybodys() {
    #expect(CampaignReport.current?.seedCount == 10)
    #expect(runCount.load(ordering: .relaxed) == 20)
  }
}
