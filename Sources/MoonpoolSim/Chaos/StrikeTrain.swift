//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// When and whom one family of faults strikes: at a mean rate in each zone, more often in its
/// storms.
///
/// It is called by the queue of events, not by a task: so when it strikes depends on nothing that
/// the system under test does, and no task's turn depends on its being there. Safe to share because
/// all code of a simulation runs on one thread.
final class StrikeTrain: @unchecked Sendable {
  /// What a strike does; it may draw from the family's stream.
  typealias Strike = (ProcessReference, DecisionStream) -> Void

  private let run: ScenarioRun
  private let zones: [FaultZone]
  private let rate: (FaultZone) -> Double
  private let cooldown: UInt64
  private let draws: DecisionStream
  private let strike: Strike
  /// When each zone is struck next.
  private var next: [UInt64?] = []
  private var coolsUntil: UInt64 = 0

  /// Prepares the strikes of a family.
  ///
  /// - Parameters:
  ///   - family: Its name in streams.
  ///   - cooldown: The least time between two strikes anywhere, in nanoseconds.
  ///   - rate: Strikes of a zone per second of virtual time, on average.
  init(
    _ family: String, _ run: ScenarioRun, _ zones: [FaultZone], cooldown: UInt64 = 0,
    perSecond rate: @escaping (FaultZone) -> Double, strike: @escaping Strike
  ) {
    self.run = run
    self.zones = zones
    self.rate = rate
    self.cooldown = cooldown
    self.strike = strike
    draws = Simulation.decisions(.faults(family))
  }

  /// Draws the first strikes and waits for them; none when the chaos phase is over.
  func begin() {
    next = zones.indices.map { arrival(in: $0, after: run.world.now) }
    wait()
  }

  private func arrival(in zone: Int, after instant: UInt64) -> UInt64? {
    zones[zone].intensity.nextArrival(
      perSecond: rate(zones[zone]), after: instant, before: run.chaosEnd, from: draws)
  }

  private func wait() {
    var first: (zone: Int, at: UInt64)?
    for (zone, instant) in next.enumerated() {
      if let instant, instant < first?.at ?? .max { first = (zone, instant) }
    }
    guard let (zone, instant) = first else { return }
    run.world.alarm(at: instant) { [self] in
      guard run.phase == .chaos else { return }
      if instant >= coolsUntil {
        coolsUntil = instant &+ cooldown
        if let process = draws.element(of: zones[zone].processes) { strike(process, draws) }
      }
      next[zone] = arrival(in: zone, after: max(instant, coolsUntil))
      wait()
    }
  }
}
