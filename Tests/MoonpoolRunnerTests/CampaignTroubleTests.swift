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

/// Campaigns whose workers, seeds or surroundings make trouble.
@Suite struct CampaignTroubleTests {
  private func campaign(_ scenario: Scenario, _ seeds: SeedPlan, workers: Int?) -> Campaign {
    Campaign(scenario, seeds: seeds, workers: workers, executable: HostProgram.path)
  }

  @Test func manySeedsInARowMayTakeTooLong() throws {
    var campaign = campaign(
      PlantedScenarios.endless, SeedPlan(Seeds(1...7)), workers: 1)
    campaign.seedTimeLimit = .milliseconds(50)
    let report = try campaign.run()
    #expect(report.seedCount == 7 && report.failedCount == 7)
  }

  @Test(arguments: [1, 2, 3]) func whatASeedSaysMayBeLong(seed: UInt64) throws {
    let plan = SeedPlan(Seeds(seed...seed))
    var here = try campaign(PlantedScenarios.talkative, plan, workers: nil).run()
    var there = try campaign(PlantedScenarios.talkative, plan, workers: 1).run()
    here.wallTime = .zero
    there.wallTime = .zero
    #expect(here.failures == there.failures)
    #expect(here.assertions == there.assertions)
    #expect(here.failures.map(\.signature.verdict) == [["violated"], ["threw"], []][Int(seed) - 1])
    #expect(here.assertions.map(\.buckets.count) == [[0], [], [60_000]][Int(seed) - 1])
  }

  @Test func plansMayHaveEditsAndManySeeds() throws {
    let edited = try Recipe(parsing: "5: 3@4; #17=2")
    let plan = SeedPlan(Seeds([Recipe(seed: 1), edited, Recipe(seed: 9)]))
    let read = try SeedPlan(parsing: plan.text)
    #expect(
      (0..<read.count).map { read.recipe(at: $0) } == [Recipe(seed: 1), edited, .init(seed: 9)])
    let none = SeedPlan(Seeds([]))
    #expect(try SeedPlan(parsing: none.text).count == 0)
    // More than an environment can carry.
    let many = SeedPlan(Seeds((1...10_000).map { Recipe(seed: $0 << 40) }))
    var count = 0
    let report = try campaign(PlantedScenarios.trivial, many, workers: 1).run { report in
      count = Int(report.seedCount)
      return count < 3
    }
    #expect(report.stopReason == .interrupted && report.passedCount == report.seedCount)
  }

  @Test func nothingIsNotGreen() throws {
    for workers in [nil, 1] {
      let report = try campaign(
        PlantedScenarios.trivial, SeedPlan(base: 1, count: 0), workers: workers
      ).run()
      #expect(report.seedCount == 0 && !report.passed)
      #expect(report.text.hasSuffix("\nFAILED: no seed was run\n"))
    }
  }

  @Test func sharedMemoryNeedsNoFileSystem() throws {
    let memory = try SharedMemory(laneCount: 1, plan: "1...3")
    defer { memory.unmap() }
    let path = try FileManager.default.destinationOfSymbolicLink(
      atPath: "/proc/self/fd/\(memory.descriptor)")
    #expect(path.hasPrefix("/memfd:"))
    #expect(try SharedMemory(inherited: memory.descriptor).plan == "1...3")
  }

  @Test func onlyTimeThatWasWatchedCounts() {
    var watch = RunWatch()
    let start = ContinuousClock.now
    func look(_ index: UInt64?, _ milliseconds: Int) -> Duration {
      watch.look(index, at: start + .milliseconds(milliseconds))
    }
    #expect(look(3, 0) == .zero)
    #expect(look(3, 10) == .milliseconds(10))
    // Somebody stopped the campaign.
    #expect(look(3, 1_000_000) == .milliseconds(110))
    #expect(look(3, 1_000_020) == .milliseconds(130))
    #expect(look(4, 1_000_030) == .zero)
    #expect(look(4, 1_000_035) == .milliseconds(5))
    #expect(look(nil, 1_000_040) == .zero)
    #expect(look(4, 1_000_050) == .zero)
  }

  // MARK: Lost places

  private func pool() throws -> WorkerPool {
    try WorkerPool(
      HostProgram.path, "trivial", SeedPlan(Seeds(1...60)), count: 2, limit: .seconds(60),
      window: 8)
  }

  @Test func aPlaceThatIsLostTakesOneWorkerToFind() throws {
    let pool = try pool()
    pool.losePlace()
    var places: [UInt64] = []
    try pool.run(
      each: { outcome in
        places.append(outcome.index)
        return true
      }, idle: { true })
    #expect(places == Array(0..<60))
    #expect(pool.startCount == 3)
  }

  @Test func whatWaitsForASlowCampaignIsNotLost() throws {
    let pool = try pool()
    var isFirst = true
    var places: [UInt64] = []
    try pool.run(
      each: { outcome in
        places.append(outcome.index)
        return true
      },
      idle: {
        while isFirst, !pool.isEverybodyWaiting { usleep(1_000) }
        isFirst = false
        return true
      })
    #expect(places == Array(0..<60))
    #expect(pool.startCount == 2)
  }

  @Test func whoKillsTheNurseryKillsNoSeed() throws {
    let pool = try pool()
    let nursery = pool.nurseryID
    var places: [UInt64] = []
    var isFirst = true
    try pool.run(
      each: { outcome in
        if outcome.failure == nil { places.append(outcome.index) }
        return true
      },
      idle: {
        while isFirst, !pool.isEverybodyWaiting { usleep(1_000) }
        if isFirst { kill(nursery, SIGKILL) }
        isFirst = false
        return true
      })
    #expect(places == Array(0..<60))
    #expect(pool.nurseryID != nursery)
    #expect(pool.startCount == 4)
  }

  // MARK: Other programs

  @Test(arguments: [
    ("exit 3", "exited with 3 before it was ready"),
    ("exec sleep 1000", "has said nothing for 0.3"),
  ])
  func aProgramThatIsNoneOfOursIsNotWaitedFor(does: String, how: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("program")
    try folder.write("#!/bin/sh\n\(does)\n", to: "program")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    let error = #expect(throws: RunnerError.self) {
      let pool = try WorkerPool(
        path, "trivial", SeedPlan(Seeds(1...60)), count: 2, limit: .seconds(60),
        patience: does.hasPrefix("exit") ? .seconds(60) : .milliseconds(300))
      try pool.run(each: { _ in true }, idle: { true })
    }
    let said = "\(error!)"
    #expect(said.contains("the process of \(path) that workers come from \(how)"), "\(said)")
    #expect(said.contains("CampaignWorker.serve"))
  }

  @Test func whatAWorkerWouldNotHaveIsRefused() throws {
    let host = try HostProgram(["campaign", "trivial"], ["MOONPOOL_TEST_EARLY_THREAD": "1"])
    #expect(try host.output().contains("error: the executable has started threads"))
  }

  @Test func aProgramThatForgetsToServeSaysSo() throws {
    let host = try HostProgram(["campaign", "trivial"], ["MOONPOOL_TEST_FORGETFUL": "0"])
    let output = try host.output()
    #expect(output.contains("CampaignWorker.serve"))
    #expect(!output.contains("too deep"))
  }

  @Test func aProgramMayIgnoreItsChildren() throws {
    let host = try HostProgram(["campaign", "deadly"], ["MOONPOOL_TEST_NO_CHILDREN": "1"])
    let output = try host.output()
    #expect(output.contains("FAILED: 1 of 10 seeds failed (1 kind)"))
  }

  @Test(arguments: ["trivial", "endless"])
  func workersEndWithTheirCampaign(scenario: String) throws {
    let host = try HostProgram(["campaign", scenario], ["MOONPOOL_TEST_SEEDS": "1000000000"])
    while host.readLine() != "a worker is at work" {}
    host.kill()
    #expect(host.isGone(within: .seconds(10)), "somebody goes on")
  }
}
