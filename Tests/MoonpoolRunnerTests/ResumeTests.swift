//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import MoonpoolCore
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// A campaign that is ended anywhere goes on as if nothing had happened.
@Suite struct ResumeTests {
  private func campaign(_ stop: StopRule = .never) -> Campaign {
    var campaign = Campaign(
      PlantedScenarios.gated, seeds: SeedPlan(Seeds(1...60)), stop: stop, recheckedSeeds: 5)
    campaign.checkpointInterval = .zero
    return campaign
  }

  private func facts(_ report: CampaignReport) -> String {
    var report = report
    report.wallTime = .zero
    return "\(report)"
  }

  /// As it comes back from where it was kept.
  private func kept(_ checkpoint: CampaignCheckpoint) throws -> CampaignCheckpoint {
    try BinaryCodec().decode(CampaignCheckpoint.self, from: BinaryCodec().encode(checkpoint))
  }

  @Test func theReportIsTheSameFromEveryPlace() throws {
    var checkpoints: [CampaignCheckpoint] = []
    let whole = try campaign().run { _ in
      true
    } checkpoint: {
      checkpoints.append($0)
    }
    #expect(whole.failures.count == 2 && !whole.faults.isEmpty && whole.assertions.count == 4)
    #expect(checkpoints.map(\.seedCount) == Array(1...60) + [60])
    #expect(checkpoints.map(\.stopReason) == Array(repeating: nil, count: 60) + [.done])
    for checkpoint in checkpoints {
      let start = try kept(checkpoint)
      let rest = try campaign().run(resuming: start)
      #expect(facts(rest) == facts(whole), "from \(start.seedCount)")
      #expect(rest.wallTime > checkpoint.wallTime)
    }
  }

  @Test func workersGoOnWhereOthersWere() throws {
    var campaign = campaign()
    let whole = try campaign.run()
    var start: CampaignCheckpoint?
    let half = try campaign.run {
      $0.seedCount < 31
    } checkpoint: {
      start = $0
    }
    #expect(half.stopReason == .interrupted && start?.seedCount == 31)
    campaign.workers = 2
    campaign.executable = HostProgram.path
    var seen: [UInt64] = []
    let rest = try campaign.run(resuming: kept(#require(start))) {
      seen.append($0.seedCount)
      return true
    }
    #expect(facts(rest) == facts(whole) && seen.first == 31)
  }

  @Test(arguments: [StopRule(failures: 3), StopRule(quietSeeds: 12), StopRule(whenAllSeen: true)])
  func rulesCountWhatWasBefore(stop: StopRule) throws {
    var checkpoints: [CampaignCheckpoint] = []
    let whole = try campaign(stop).run { _ in
      true
    } checkpoint: {
      checkpoints.append($0)
    }
    #expect(whole.seedCount > 5 && whole.seedCount < 60 && whole.stopReason != .done)
    for checkpoint in checkpoints {
      let rest = try campaign(stop).run(resuming: kept(checkpoint))
      #expect(facts(rest) == facts(whole), "from \(checkpoint.seedCount)")
    }
  }

  @Test func timeThatWasSpentCounts() throws {
    let campaign = campaign(StopRule(wallTime: .seconds(1_000)))
    var start = CampaignCheckpoint(beginningOf: campaign)
    start.wallTime = .seconds(1_000)
    let report = try campaign.run(resuming: start)
    #expect(report.stopReason == .wallTime && report.seedCount == 1)
  }

  @Test func anotherCampaignsCheckpointIsRefused() throws {
    let start = CampaignCheckpoint(beginningOf: campaign(StopRule(failures: 1)))
    #expect(throws: RunnerError.self) { try campaign().run(resuming: start) }
  }

  @Test func recipesThatFailedAreRunAgain() throws {
    var times: [Duration] = []
    let report = try campaign().rerun([13, 1, 26]) { times.append($0.virtualTime) }
    #expect(report?.line == "regressions: 3 seeds, 2 fail again" && times.count == 3)
    #expect(report?.failures.map(\.count) == [2])
    #expect(try campaign().rerun([1, 2], each: { _ in }, progress: { false }) == nil)
  }
}
