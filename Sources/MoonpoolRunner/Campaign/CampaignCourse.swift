//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions

/// A campaign on its way: what it knows, whether it goes on, and when that is saved.
struct CampaignCourse {
  private let start: CampaignCheckpoint
  private let began: ContinuousClock.Instant
  private let keep: ((CampaignCheckpoint) -> Void)?
  private var pace: CheckpointPace
  private(set) var tally: CampaignTally
  /// Why no more seeds are run; nil: more are.
  private(set) var reason: StopReason?

  init(
    _ start: CampaignCheckpoint, interval: Duration, keep: ((CampaignCheckpoint) -> Void)?
  ) {
    self.start = start
    self.keep = keep
    // As if it had begun so much earlier.
    began = ContinuousClock.now - start.wallTime
    tally = CampaignTally(start)
    reason = start.stopReason
    pace = CheckpointPace(interval, seedCount: start.seedCount)
  }

  /// Real time from the beginning, less what was between an end and going on.
  var elapsed: Duration { ContinuousClock.now - began }

  /// What there is.
  var report: CampaignReport { tally.finished(reason ?? .done, wallTime: elapsed) }

  /// The number by which outcomes call an assertion here.
  mutating func number(of site: AssertionSite, names: [String]) -> UInt32 {
    tally.number(of: site, names: names)
  }

  /// Takes in an outcome. Returns whether there may be more.
  mutating func take(_ outcome: SeedOutcome, _ progress: (CampaignReport) -> Bool) -> Bool {
    tally.add(outcome)
    reason = tally.reasonToStop(start.stop, elapsed: elapsed)
    return goesOn(progress)
  }

  /// Looks at the time. Returns whether there may be more outcomes.
  mutating func look(_ progress: (CampaignReport) -> Bool) -> Bool {
    if let limit = start.stop.wallTime, elapsed >= limit { reason = .wallTime }
    return goesOn(progress)
  }

  private mutating func goesOn(_ progress: (CampaignReport) -> Bool) -> Bool {
    if reason == nil, !progress(tally.report) { reason = .interrupted }
    if reason == nil, keep != nil { pace.saveIfDue(tally.report.seedCount, save) }
    return reason == nil
  }

  /// There are no more outcomes.
  mutating func finish() {
    reason = reason ?? .done
    save()
  }

  /// Saves where the campaign could go on.
  func save() {
    guard let keep else { return }
    var checkpoint = tally.checkpoint(of: start, wallTime: elapsed)
    checkpoint.stopReason = reason == .interrupted ? nil : reason
    keep(checkpoint)
  }
}
