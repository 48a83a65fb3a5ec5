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
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Synchronization
import Testing

/// Runs that differ in nothing but the order of their jobs.
@Suite struct FingerprintTests {
  /// Which seeds have been run before, as a cache would know.
  private final class Cache: Sendable {
    private let seeds = Mutex<Set<UInt64>>([])
    func isNew(_ seed: UInt64) -> Bool { seeds.withLock { $0.insert(seed).inserted } }
  }

  /// Two tasks, whose turns are swapped when a seed is run again. Nothing that is counted shows it.
  private func swapping(failing: UInt64? = nil) -> Scenario {
    let cache = Cache()
    var scenario = Scenario("swapping") {
      Clients { node, _ in
        let seed = Simulation.recipe!.seed
        let isFirst = cache.isNew(seed)
        let start = node.clock.now
        await withDiscardingTaskGroup { group in
          for place in [0, 1] {
            let turn = start.advanced(by: .milliseconds((place == 0) == isFirst ? 1 : 2))
            group.addTask { try? await node.clock.sleep(until: turn) }
          }
        }
        if seed == failing { throw LongSleep() }
      }
    }
    scenario.options.strategy = .uniform
    scenario.options.hops = .never
    return scenario
  }

  private struct LongSleep: Error {}

  @Test func twoOrdersHaveTwoFingerprints() {
    let scenario = swapping()
    let runs = (0..<3).map { _ in scenario.run(seed: 7).run }
    // Everything that was compared before there were fingerprints.
    let counts = runs.map {
      [$0.decisionCount, $0.jobCount, UInt64($0.virtualTime / .nanoseconds(1))]
    }
    #expect(counts == Array(repeating: counts[0], count: 3) && runs.allSatisfy(\.passed))
    #expect(runs[0].fingerprint != runs[1].fingerprint)
    #expect(runs[1].fingerprint == runs[2].fingerprint)
  }

  @Test func whatOnlyChangesPlacesIsNotRepeatable() throws {
    let passing = try Campaign(swapping(), seeds: SeedPlan(Seeds(1...5))).run()
    #expect(passing.failures.isEmpty && passing.unrepeatable.map(\.seed) == [5, 4, 3, 2, 1])
    let failing = try Campaign(
      swapping(failing: 3), seeds: SeedPlan(Seeds(1...5)), recheckedSeeds: 0
    ).run()
    #expect(failing.failures.map(\.details.isConfirmed) == [false])
    #expect(failing.unrepeatable.map(\.seed) == [3] && failing.failures[0].first.seed == 3)
  }

  @Test func theFingerprintIsTheSameInAllProcesses() throws {
    var campaign = Campaign(PlantedScenarios.gated, seeds: SeedPlan(Seeds(1...30)))
    campaign.executable = HostProgram.path
    campaign.workers = 2
    let report = try campaign.run()
    #expect(report.unrepeatable.isEmpty && report.failures.count == 2)
    for group in report.failures {
      let run = PlantedScenarios.gated.run(group.first).run
      #expect(group.firstFingerprint == run.fingerprint)
      #expect(report.json.contains("\"\(String(run.fingerprint, radix: 16))\""))
    }
    #expect(Set(report.failures.map(\.firstFingerprint)).count == 2)
  }

  @Test func aLookAtARunChangesNothing() {
    var scenario = PlantedScenarios.gated
    let seeds = 1...12 as ClosedRange<UInt64>
    let plain = seeds.map { scenario.run(seed: $0).run.fingerprint }
    scenario.options.trace = .full
    scenario.options.recordsDecisions = true
    #expect(seeds.map { scenario.run(seed: $0).run.fingerprint } == plain)
    #expect(Set(plain).count == plain.count)
  }
}
