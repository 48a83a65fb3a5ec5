//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolCore
import MoonpoolSimTesting
import Testing

/// What a test is told of a campaign, as values.
@Suite struct ScenarioTestTests {
  private static let here = SourceLocation(
    fileID: "MoonpoolSimTestingTests/A.swift", filePath: #filePath, line: 7, column: 3)

  /// Where `Defect.swift` has an assertion that no run gets to. Debug builds don't know of it.
  #if DEBUG
    private static let unreached: [Int] = []
  #else
    private static let unreached = [53]
  #endif

  private func outcome(
    _ scenario: Scenario, _ seeds: String, stop: StopRule = .never, requiresAll: Bool = true,
    isReplay: Bool = false, name: String? = "kv", location: SourceLocation = here
  ) async throws -> ScenarioTest.Outcome {
    let test = ScenarioTest(
      scenario, stop: stop, requiresAll: requiresAll, runsInParallel: false, name: name,
      location: location)
    var selection = try SeedSelection(default: Seeds(parsing: seeds))
    selection.isReplay = isReplay
    return try await test.run(selection)
  }

  private func path(_ file: String) -> String {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    return tests.appendingPathComponent(file).path
  }

  // MARK: Issues

  @Test func allIsWell() async throws {
    let outcome = try await outcome(PlantedScenarios.planted(.fixed), "0...9")
    #expect(outcome.report.passed && outcome.report.seedCount == 10)
    #expect(outcome.problems.isEmpty && outcome.artifacts.isEmpty)
  }

  @Test func whatWasNeverSeenIsAnIssueAtItsPlace() async throws {
    let scenario = PlantedScenarios.planted(.broken)
    let outcome = try await outcome(scenario, "10...18")
    let problem = try #require(outcome.problems.last)
    #expect(
      problem.text == """
        assertion missed: sometimes "a nineteen": it never held in 9 runs that evaluated it
          at CampaignScenarios/Defect.swift:60, in 9 seeds
        """)
    #expect(problem.location.fileID == "CampaignScenarios/Defect.swift")
    #expect(problem.location.filePath == path("CampaignScenarios/Defect.swift"))
    #expect(problem.location.line == 60)
    #expect(outcome.problems.dropLast().map(\.location.line) == Self.unreached)
    #expect(outcome.artifacts.map(\.name) == ["planted-broken.report.txt"])
    for (requiresAll, isReplay) in [(false, false), (true, true)] {
      let other = try await self.outcome(
        scenario, "10...18", requiresAll: requiresAll, isReplay: isReplay)
      #expect(other.problems.isEmpty && other.artifacts.isEmpty)
    }
  }

  @Test func eachKindOfFailureIsAnIssue() async throws {
    let outcome = try await outcome(PlantedScenarios.planted(.broken), "0, 1, 2, 8, 20, 19")
    let texts = outcome.problems.map(\.text)
    #expect(outcome.report.failures.count == 4 && texts.count == 4 + Self.unreached.count)
    for (seed, text) in zip([0, 1, 2, 8], texts) {
      #expect(text.hasPrefix("FAILED seed=\(seed) — "))
      #expect(text.contains("\n  the last events before it:\n"))
      #expect(text.hasSuffix("\nreplay: MOONPOOL_SEED=\(seed) swift test --filter kv"))
    }
    #expect(texts[0].contains("nothing was lost") && texts[0].contains("\n  2 seeds; "))
    #expect(texts[1].contains("no table"))
    #expect(texts[2].contains("Fatal error: the victim stumbled"))
    #expect(texts[3].contains("never thirteen violated: saw "))
    // An assertion and a trap have places in the sources; an error and an invariant have none.
    #expect(
      outcome.problems.prefix(4).map { "\($0.location.fileID):\($0.location.line)" } == [
        "CampaignScenarios/Defect.swift:59", "MoonpoolSimTestingTests/A.swift:7",
        "CampaignScenarios/Defect.swift:79", "MoonpoolSimTestingTests/A.swift:7",
      ])
  }

  @Test func aCampaignThatEndsAtAFailureMissesNothing() async throws {
    let outcome = try await outcome(
      PlantedScenarios.planted(.broken), "0...19", stop: StopRule(failures: 1))
    #expect(outcome.report.seedCount == 1 && outcome.problems.count == 1)
    #expect(outcome.problems[0].text.hasPrefix("FAILED seed=0 — nothing was lost violated"))
  }

  @Test func whatDoesNotRepeatIsAnIssue() async throws {
    let outcome = try await outcome(PlantedScenarios.unrepeatable, "5...9")
    let problem = try #require(outcome.problems.first)
    #expect(outcome.problems.count == 1)
    #expect(problem.text.hasPrefix("not repeatable: seed=9 and 4 more; something doesn't follow"))
    #expect(problem.text.hasSuffix("\nreplay: MOONPOOL_SEED=9 swift test --filter kv"))
    #expect(problem.location == Self.here)
  }

  @Test func aPlaceThatNobodyFindsIsTheTests() async throws {
    let nowhere = SourceLocation(
      fileID: "A/B.swift", filePath: "/nowhere/B.swift", line: 1, column: 1)
    let outcome = try await outcome(
      PlantedScenarios.planted(.broken), "0", requiresAll: false, location: nowhere)
    #expect(outcome.problems.map(\.location) == [nowhere])
    #expect(outcome.problems[0].text.contains("\n  CampaignScenarios/Defect.swift:59, on client"))
  }

  @Test func whoCancelsEndsTheCampaign() async throws {
    let task = Task { try await self.outcome(PlantedScenarios.trivial, "1...1000000000") }
    task.cancel()
    let outcome = try await task.value
    #expect(outcome.report.stopReason == .interrupted)
    #expect(
      outcome.problems.map(\.text) == [
        "interrupted after \(outcome.report.seedCount) seeds; run it again"
      ])
  }

  @Test func thereIsNoCampaignInASimulation() async throws {
    let report = await Simulation.run(1) {
      _ = try await outcome(PlantedScenarios.trivial, "1...5")
    }
    #expect(report.line.contains("the scenario 'trivial' cannot be run inside a simulation; take"))
  }

  // MARK: Files

  @Test func filesShowAFailingSeed() async throws {
    let recipe = "8: #1000000=0"
    let scenario = PlantedScenarios.planted(.broken)
    let outcome = try await outcome(scenario, recipe, isReplay: true, name: "`says \"$(no)\"`")
    let command = "MOONPOOL_SEED='8: #1000000=0' swift test --filter '`says ...no..`'"
    #expect(outcome.problems.count == 1)
    #expect(outcome.problems[0].text.hasSuffix("\nreplay: \(command)"))
    let names = [
      "planted-broken-seed-8.recipe.txt", "planted-broken-seed-8.report.txt",
      "planted-broken-seed-8.timeline.txt", "planted-broken-seed-8.html",
      "planted-broken.report.txt",
    ]
    #expect(outcome.artifacts.map(\.name) == names)
    let texts = outcome.artifacts.map(\.text)
    #expect(texts[0] == "# planted, broken\n# \(command)\n\(recipe)\n")
    #expect(try Seeds(parsingList: texts[0], named: "it") == Seeds(parsing: recipe))
    #expect(texts[1] == outcome.problems[0].text + "\n")
    #expect(texts[2] == (try MergedTrace(of: scenario, Recipe(parsing: recipe))).text)
    #expect(texts[2].contains("thirteen") && texts[2].contains("TaskCreated"))
    #expect(texts[3].hasPrefix("<!doctype html>"))
    #expect(texts[3].contains("never thirteen violated"))
    #expect(texts[3].contains("swift test --filter"))
    #expect(texts[4] == outcome.report.text)
  }

  @Test func noFileIsWithoutBounds() async throws {
    let scenario = Scenario("///") {
      Clients { node, _ in
        for number in 0..<21_000 { node.logger.info("line \(number)") }
        node.logger.info("much", metadata: ["of": "\(String(repeating: "it ", count: 2_000_000))"])
        for number in 0..<3 { node.logger.info("last \(number)") }
        throw CancellationError()
      }
    }
    let outcome = try await outcome(scenario, "3")
    #expect(outcome.artifacts.first?.name == "scenario-seed-3.recipe.txt")
    let timeline = try #require(
      outcome.artifacts.first { $0.name == "scenario-seed-3.timeline.txt" })
    #expect(timeline.text.hasPrefix("… the first of 21,"))
    #expect(timeline.text.contains("last 0") && timeline.text.contains("FAILED seed=3"))
    for artifact in outcome.artifacts {
      #expect(artifact.text.utf8.count < 5 << 20, "\(artifact.name)")
    }
  }
}
