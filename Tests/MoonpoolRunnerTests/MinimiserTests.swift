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

@Suite struct MinimiserTests {
  private static let scenario = PlantedScenarios.compound

  @Test(arguments: [nil, 2]) func everythingThatCanGoGoes(workers: Int?) throws {
    var minimiser = Minimiser(Self.scenario, 7)
    minimiser.workers = workers
    minimiser.executable = HostProgram.path
    let result = try #require(try minimiser.run())
    #expect(result.isMinimal && result.runCount <= 150)
    #expect(result.original == 7 && result.before.strikes.count >= 10)

    // The two crashes that matter, of five; the write that matters, of sixty; nobody else, but the
    // second server: without it the other strikes would be the first one's, and no crashes.
    #expect(
      result.details.strikes.map(\.sentence) == [
        "server-0's machine crashed", "server-0's machine crashed",
      ])
    #expect(
      result.recipe.selection(of: .faults)
        == Selection(
          .only, .faults,
          [
            Selection.Part("process.crash", 2...2), Selection.Part("process.crash", 5...5),
          ]))
    #expect(
      result.recipe.selection(of: .operations)
        == Selection(
          .only, .operations,
          [
            Selection.Part("client-0.write", 3...3)
          ]))
    #expect(
      result.recipe.selection(of: .nodes)
        == Selection(
          .without, .nodes,
          [
            Selection.Part("server", 3...4), Selection.Part("client", 2...3),
          ]))
    #expect(result.recipe.streams.count == 8)

    let report = Self.scenario.run(result.recipe)
    #expect(report.run.violations.map(\.property) == [PlantedScenarios.compoundProperty])
    #expect(report.faults.count == 2)
    #expect(report.starts.count == 2)
    #expect(try Recipe(parsing: result.recipe.description) == result.recipe)
  }

  @Test func theStoryTellsWhatIsLeft() throws {
    let result = try #require(try Minimiser(Self.scenario, 7).run())
    let lines = result.story.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("seed 7: 2 faults of "))
    #expect(lines[0].hasSuffix(" are left, after \(result.runCount) runs"))
    #expect(lines[1].hasPrefix("  1. At 2.0"))
    #expect(lines[1].hasSuffix("s server-0's machine crashed (process.crash#2)."))
    #expect(lines.contains("     its last words: alive"))
    #expect(lines.contains { $0.hasPrefix("     back at 2.2") })
    #expect(
      lines.contains { $0.hasPrefix("  Then: \(PlantedScenarios.compoundProperty) violated") })
    #expect(lines.contains("  What clients do: only operations(client-0.write#3)."))
  }

  @Test func aLimitEndsTheSearchWithWhatItHas() throws {
    var minimiser = Minimiser(Self.scenario, 7)
    minimiser.runLimit = 6
    let result = try #require(try minimiser.run())
    #expect(!result.isMinimal && result.runCount == 6)
    #expect(result.details.strikes.count < result.before.strikes.count)
    #expect(!Self.scenario.run(result.recipe).passed)
    #expect(result.story.contains("which were not enough to know whether more can go"))

    var asked = 0
    let interrupted = try Minimiser(Self.scenario, 7).run { _ in
      asked += 1
      return asked < 4
    }
    #expect(interrupted?.isMinimal == false && interrupted?.runCount == 5)
  }

  @Test func aRunThatPassesCannotBeMadeSmaller() throws {
    #expect(try Minimiser(PlantedScenarios.trivial, 1).run() == nil)
    var minimiser = Minimiser(Self.scenario, 7)
    minimiser.runLimit = 0
    let error = #expect(throws: RunnerError.self) { try minimiser.run() }
    #expect(error?.description == "a minimiser needs at least 1 run, not 0")
  }

  @Test func anyKindOfFailureCanBeMadeSmaller() throws {
    // Setup error, trap in a process, deadlock, livelock, leak, violation.
    for seed: UInt64 in [1, 2, 4, 6, 7, 8] {
      let broken = PlantedScenarios.planted(.broken)
      let result = try #require(try Minimiser(broken, Recipe(seed: seed)).run())
      #expect(result.details.signature == result.before.signature)
      #expect(broken.run(result.recipe).run.verdict.name == result.before.signature.verdict)
      #expect(result.story.contains("Nothing goes wrong from outside."))
    }
  }

  // MARK: Delta debugging

  @Test(arguments: [[], [0], [63], [0, 63], [5, 6, 7], [1, 20, 33, 50], Array(0..<64)])
  func exactlyWhatIsNeededIsLeft(needed: [Int]) throws {
    var runs = 0
    let left = try deltaDebugged(Array(0..<64)) { (lists) throws(RunnerError) in
      lists.firstIndex { list in
        runs += 1
        return needed.allSatisfy(list.contains)
      }
    }
    #expect(left == needed)
    // Each of few takes about two times the logarithm, all of them a bit more than one each.
    #expect(runs <= 2 + 24 * max(1, min(needed.count, 8)), "\(runs)")
  }

  @Test func nothingIsLeftOutThatIsNotTried() throws {
    // Two of three that exclude each other: the result is one that fails, whatever was tried.
    let left = try deltaDebugged([1, 2, 3]) { (lists) throws(RunnerError) in
      lists.firstIndex { $0.count == 2 && $0.contains(2) || $0 == [3] }
    }
    #expect(left == [1, 2] || left == [2, 3] || left == [3])
    #expect(try deltaDebugged([1, 2, 3]) { (_) throws(RunnerError) in nil } == [1, 2, 3])
  }
}
