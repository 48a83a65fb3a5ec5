//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What the minimiser leaves of the examples' mistakes.
@Suite(.serialized) struct MinimisedExamplesTests {
  /// Those whose runs are quick in a debug build.
  #if DEBUG
    private static let examples = ClusterExample.all.filter { $0.name != "three-datacenters" }
  #else
    private static let examples = ClusterExample.all
  #endif

  @Test(arguments: examples.map(\.name))
  func fewFaultsAreLeft(name: String) throws {
    let example = try #require(ClusterExample.named(name))
    var campaign = Campaign(example.buggy, seeds: SeedPlan(Seeds(1...2_000)))
    campaign.stop.failures = 1
    campaign.recheckedSeeds = 0
    let failure = try #require(try campaign.run().failures.first)

    let result = try #require(try Minimiser(example.buggy, failure.first).run())
    #expect(result.details.strikes.count <= example.essentialFaults.count + 1, "\(result.story)")
    #expect(result.isMinimal && result.runCount <= 300)
    #expect(result.details.signature == failure.signature)

    // What is left is what the recipe says, and it fails at that very time.
    let again = example.buggy.run(result.recipe)
    #expect(!again.passed && again.faults.count == result.details.strikes.count)
    #expect(again.run.violations.map(\.time) == result.details.violations.map(\.time))
  }
}
