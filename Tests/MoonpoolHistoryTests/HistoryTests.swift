//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolHistory
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What is kept, and what comes back.
@Suite struct HistoryTests {
  private let file = TemporaryFile()

  private func history() throws -> CampaignHistory { try CampaignHistory(file: file.path) }

  private func at(_ revision: String?, build: String = "debug") -> Surroundings {
    Surroundings(revision: revision, configuration: build, executable: "1f", machine: "here")
  }

  private func campaign(_ seeds: ClosedRange<UInt64>) -> Campaign {
    Campaign(PlantedScenarios.gated, seeds: SeedPlan(Seeds(seeds)), recheckedSeeds: 2)
  }

  /// Runs seeds and keeps what they did.
  private func keep(
    _ seeds: ClosedRange<UInt64>, _ revision: String, build: String = "debug",
    in history: CampaignHistory
  ) throws {
    let campaign = campaign(seeds)
    let id = try history.begin(
      CampaignCheckpoint(beginningOf: campaign), at(revision, build: build))
    try history.finish(id, campaign.run())
  }

  /// Runs recipes again and keeps what they did; `change` changes what became of them.
  private func rerun(
    _ recipes: [Recipe], _ revision: String, in history: CampaignHistory,
    change: (inout SeedOutcome) -> Void = { _ in }
  ) throws {
    let id = try history.begin(CampaignCheckpoint(beginningOf: campaign(1...1)), at(revision))
    var outcomes: [SeedOutcome] = []
    _ = try campaign(1...1).rerun(recipes) { outcomes.append($0) }
    for index in outcomes.indices { change(&outcomes[index]) }
    try history.save(regressions: outcomes, of: "gated", in: id)
  }

  @Test func whatFailedLastComesFirstAndOnce() throws {
    let history = try history()
    try keep(1...13, "a", in: history)
    try keep(14...16, "b", in: history)
    let failed = try history.recipesThatFailed(in: "gated", configuration: "debug")
    #expect(failed == [16, 2, 9, 13])
    // What fails again has failed last.
    try rerun([2], "c", in: history)
    #expect(
      try self.history().recipesThatFailed(in: "gated", configuration: "debug") == [2, 16, 9, 13])
    #expect(try history.recipesThatFailed(in: "gated", configuration: "release") == [])
    #expect(try history.recipesThatFailed(in: "trivial", configuration: "debug") == [])
  }

  @Test func recipesWithEditsComeBack() throws {
    let history = try history()
    let recipe = try Recipe(parsing: "2: 151@8837201; #17=2")
    let campaign = Campaign(PlantedScenarios.gated, seeds: SeedPlan(Seeds([recipe])))
    let id = try history.begin(CampaignCheckpoint(beginningOf: campaign), at("a"))
    try history.finish(id, campaign.run())
    #expect(try history.recipesThatFailed(in: "gated", configuration: "debug") == [recipe])
  }

  @Test func whatPassesAgainSaysSinceWhen() throws {
    let history = try history()
    try keep(1...2, "a", in: history)
    try rerun([2], "b", in: history)
    try rerun([2], "c", in: history) { $0.failure = nil }
    try rerun([2], "d", in: history) { $0.failure = nil }
    var kind = try #require(try history.trends(of: "gated", limit: 9).kinds.first)
    #expect(kind.signature.hasPrefix("violated: a seed is no two ("))
    #expect([kind.firstCommit, kind.lastCommit] == ["a", "b"] && kind.seeds == 1)
    var recipe = try #require(kind.recipes.first)
    #expect([recipe.recipe, recipe.passedSince] == ["2", "c"] && recipe.passes)
    #expect(recipe.failed == 2 && recipe.passed == 2)
    #expect(try history.trends(of: "gated", limit: 9).text.contains("  passes since c\n"))
    // And it fails again.
    try rerun([2], "e", in: history)
    kind = try #require(try history.trends(of: "gated", limit: 9).kinds.first)
    recipe = try #require(kind.recipes.first)
    #expect(kind.lastCommit == "e" && !recipe.passes && recipe.passedSince == nil)
    #expect(try history.trends(of: "gated", limit: 9).text.contains("  fails\n"))
  }

  @Test func commitsAndBuildsAreToldApart() throws {
    let history = try history()
    try keep(1...3, "a", in: history)
    try keep(1...4, "a", in: history)
    try keep(1...13, "a", build: "release", in: history)
    try keep(3...4, "b", in: history)
    let revisions = try history.trends(of: "gated", limit: 9).revisions
    #expect(revisions.map(\.commit) == ["b", "a", "a"])
    #expect(revisions.map(\.configuration) == ["debug", "release", "debug"])
    #expect(revisions.map(\.campaigns) == [1, 1, 2])
    #expect(revisions.map(\.seeds) == [2, 13, 7])
    #expect(revisions.map(\.failedSeeds) == [0, 3, 2])
    #expect(revisions.map(\.failingKinds) == [0, 2, 1])
    #expect(revisions.allSatisfy { $0.seedsPerSecond > 0 })
    #expect(try history.trends(of: "gated", limit: 2).revisions.count == 2)
    #expect(try history.scenarios() == ["gated"])
    let json = HistoryTrends.json([try history.trends(of: "gated", limit: 9)])
    #expect(json.contains("\"version\" : 1") && json.contains("\"seedsPerSecond\""))
  }

  @Test func onlyTheLastUnfinishedCampaignsAreKept() throws {
    let history = try history()
    for _ in 0..<20 {
      _ = try history.begin(CampaignCheckpoint(beginningOf: campaign(1...5)), at("a"))
    }
    var count = 0
    while count < 20, case .campaign(let unfinished) = try history.resume("gated", at("a")) {
      try history.finish(unfinished.id, CampaignReport(scenario: "gated"))
      count += 1
    }
    #expect(count == 8)
  }

  @Test func anUnfinishedCampaignComesBackAsItWas() throws {
    let history = try history()
    let campaign = campaign(1...30)
    let id = try history.begin(
      CampaignCheckpoint(beginningOf: campaign), at("a"), wantsRegressions: true)
    let report = try campaign.run {
      $0.seedCount < 20
    } checkpoint: { checkpoint in
      #expect(throws: Never.self) { try history.save(checkpoint, as: id) }
    }
    try history.finish(id, report)
    guard case .campaign(let unfinished) = try history.resume("gated", at("b")) else {
      Issue.record("there is none")
      return
    }
    #expect(unfinished.id == id && unfinished.wantsRegressions)
    #expect(unfinished.checkpoint.seedCount == 20 && unfinished.checkpoint.seeds.count == 30)
    #expect(try history.recipesThatFailed(in: "gated", configuration: "debug").count == 4)
    var other = at("a")
    other.executable = "20"
    guard case .otherExecutable = try history.resume("gated", other) else {
      Issue.record("it belongs to another")
      return
    }
  }

  @Test func surroundingsAreThoseOfHere() {
    let here = Surroundings.current()
    #expect(here.machine.hasSuffix(" processors") && here.executable.count > 8)
    #expect(here == Surroundings.current())
    // The tests' own folder may not be a work tree.
    #expect(here.revision.map { $0.count >= 40 } ?? true)
  }
}

/// A name for a file, in a folder that is gone after the test.
final class TemporaryFile {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "moonpool-\(UUID().uuidString)", directoryHint: .isDirectory)

  var path: String { folder.appending(path: "history.sqlite").path }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
