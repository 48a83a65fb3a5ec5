//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// When and where one family of faults strikes.
///
/// It is called by the queue of events, not by a task: so when it strikes depends on nothing that
/// the system under test does, and no task's turn depends on its being there. Safe to share because
/// all code of a simulation runs on one thread.
class FaultStrikes: @unchecked Sendable {
  /// How often it strikes.
  struct Pace {
    /// Strikes per second of virtual time.
    var rate: Double
    /// The rate is that of all processes together, not of each.
    var isShared = false
    /// The least number of nanoseconds between two strikes.
    var cooldown: UInt64 = 0
  }

  let run: ScenarioRun
  let draws: DecisionStream
  private let pace: Pace
  private let zones: [FaultZone]
  private let end: UInt64
  /// When each zone is struck next.
  private var next: [UInt64?] = []
  private var coolsUntil: UInt64 = 0

  /// - Parameter path: The family's name in streams.
  init(_ path: String, _ pace: Pace, _ run: ScenarioRun, _ zones: [FaultZone]) {
    self.pace = pace
    self.run = run
    self.zones = zones
    draws = Simulation.decisions(.faults(path))
    end = run.world.instant(after: run.scenario.chaos?.duration ?? .zero)
  }

  var world: World { run.world }

  /// Strikes one of a zone's processes; for whoever inherits this.
  func strike(_ process: ProcessReference) {}

  /// Draws the first strikes and waits for them.
  func begin() {
    next = zones.indices.map { arrival(in: $0, after: world.now) }
    wait()
  }

  private func arrival(in zone: Int, after instant: UInt64) -> UInt64? {
    var share = Double(zones[zone].processes.count)
    if pace.isShared { share /= Double(zones.reduce(0) { $0 + $1.processes.count }) }
    return zones[zone].intensity.nextArrival(
      perSecond: pace.rate * share, after: instant, before: end, from: draws)
  }

  private func wait() {
    var first: (zone: Int, at: UInt64)?
    for (zone, instant) in next.enumerated() {
      if let instant, instant < first?.at ?? .max { first = (zone, instant) }
    }
    guard let (zone, instant) = first else { return }
    world.alarm(at: instant) { [self] in
      guard run.phase == .chaos else { return }
      if instant >= coolsUntil {
        coolsUntil = instant &+ pace.cooldown
        if let process = draws.element(of: zones[zone].processes) { strike(process) }
      }
      next[zone] = arrival(in: zone, after: max(instant, coolsUntil))
      wait()
    }
  }

  /// Does something later, unless the phase is over by then.
  func later(_ delay: UInt64, _ action: @escaping () -> Void) {
    world.alarm(at: world.now &+ delay) { [run] in
      if run.phase == .chaos { action() }
    }
  }
}
