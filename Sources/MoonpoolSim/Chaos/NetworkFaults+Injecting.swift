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
    let zones = faults.zones(figures.correlation)
    for family in NetworkFaultFamily.allCases where figures.rate(of: family) > 0 {
      NetworkStrikes(family, figures, faults.run).begin(zones)
    }
  }
}

/// What one family does when it strikes.
///
/// Safe to share because all code of a simulation runs on one thread.
final class NetworkStrikes: @unchecked Sendable {
  let family: NetworkFaultFamily
  let figures: NetworkFaults
  let run: ScenarioRun
  let draws: DecisionStream

  init(_ family: NetworkFaultFamily, _ figures: NetworkFaults, _ run: ScenarioRun) {
    self.family = family
    self.figures = figures
    self.run = run
    draws = Simulation.decisions(.faults(family.path))
  }

  var world: World { run.world }
  var network: NetworkModel { run.world.network }

  /// Draws the first strikes and waits for them.
  func begin(_ zones: [FaultZone]) {
    let rate = figures.rate(of: family)
    let all = Double(zones.processCount)
    let isShared = family == .partition || family == .swizzledClog
    StrikeTrain(
      family.path, run, zones, cooldown: figures.cooldown(of: family),
      perSecond: { zone in rate * Double(zone.processes.count) / (isShared ? all : 1) },
      strike: { [self] process, _ in
        network.effects.pointee.strikes[family, default: 0] += 1
        strike(process)
      }
    ).begin()
  }

  /// Does something later, unless the phase is over by then.
  func later(_ delay: UInt64, _ action: @escaping () -> Void) {
    world.alarm(at: world.now &+ delay) { [run] in
      if run.phase == .chaos { action() }
    }
  }
}
