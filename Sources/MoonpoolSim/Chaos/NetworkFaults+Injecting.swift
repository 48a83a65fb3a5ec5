//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// Network faults as a part of ``Chaos``.
extension NetworkFaults: FaultInjector {
  public var name: String { "network" }

  public func validate() throws { try validate(name) }

  public func inject(with faults: FaultContext) async throws {
    let figures = drawn(faults.random)
    let zones = NetworkStrikes.Zone.all(of: faults, figures.correlation)
    for family in NetworkFaultFamily.allCases where figures.rate(of: family) > 0 {
      NetworkStrikes(family, figures, faults.run, zones).begin()
    }
  }
}

/// When and where one family strikes.
///
/// It is called by the queue of events, not by a task: so when it strikes depends on nothing that
/// the system under test does, and no task's turn depends on its being there. Safe to share because
/// all code of a simulation runs on one thread.
final class NetworkStrikes: @unchecked Sendable {
  /// Processes whose faults come in the same storms.
  struct Zone {
    var processes: [ProcessReference]
    var intensity: IntensityProcess

    static func all(of faults: FaultContext, _ correlation: FaultCorrelation) -> [Zone] {
      faults.cluster.domains(.zone).map { name in
        Zone(
          processes: faults.cluster.processes(in: .zone, name),
          intensity: IntensityProcess(
            correlation, stream: Simulation.decisions(.intensity(domain: name))))
      }
    }
  }

  let family: NetworkFaultFamily
  let figures: NetworkFaults
  let run: ScenarioRun
  let draws: DecisionStream
  private let zones: [Zone]
  private let end: UInt64
  /// When each zone is struck next.
  private var next: [UInt64?]
  private var coolsUntil: UInt64 = 0

  init(
    _ family: NetworkFaultFamily, _ figures: NetworkFaults, _ run: ScenarioRun, _ zones: [Zone]
  ) {
    self.family = family
    self.figures = figures
    self.run = run
    self.zones = zones
    draws = Simulation.decisions(.faults(family.path))
    end = run.world.now &+ (run.scenario.chaos?.duration ?? .zero).clampedNanoseconds
    next = []
  }

  var world: World { run.world }
  var network: NetworkModel { run.world.network }

  /// Draws the first strikes and waits for them.
  func begin() {
    next = zones.indices.map { arrival(in: $0, after: world.now) }
    wait()
  }

  private func arrival(in zone: Int, after instant: UInt64) -> UInt64? {
    let share: Double
    switch family {
    case .partition, .swizzledClog:
      let all = zones.reduce(0) { $0 + $1.processes.count }
      share = Double(zones[zone].processes.count) / Double(all)
    default: share = Double(zones[zone].processes.count)
    }
    return zones[zone].intensity.nextArrival(
      perSecond: figures.rate(of: family) * share, after: instant, before: end, from: draws)
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
        network.effects.pointee.strikes[family, default: 0] += 1
        coolsUntil = instant &+ figures.cooldown(of: family)
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
