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
    let zones = FaultZone.all(of: faults, figures.correlation)
    for family in NetworkFaultFamily.allCases where figures.rate(of: family) > 0 {
      NetworkStrikes(family, figures, faults.run, zones).begin()
    }
  }
}

/// When and where one family strikes.
///
/// Safe to share because all code of a simulation runs on one thread.
final class NetworkStrikes: FaultStrikes, @unchecked Sendable {
  let family: NetworkFaultFamily
  let figures: NetworkFaults

  init(
    _ family: NetworkFaultFamily, _ figures: NetworkFaults, _ run: ScenarioRun, _ zones: [FaultZone]
  ) {
    self.family = family
    self.figures = figures
    let pace = Pace(
      rate: figures.rate(of: family), isShared: family == .partition || family == .swizzledClog,
      cooldown: figures.cooldown(of: family))
    super.init(family.path, pace, run, zones)
  }

  var network: NetworkModel { run.world.network }

  override func strike(_ process: ProcessReference) {
    switch family {
    case .clog, .latencySpike: strikeWay(process)
    case .swizzledClog: swizzle(process)
    case .partition: cut(process)
    case .bitFlip: orderFlip(process)
    case .randomClose, .halfOpen: strikeConnection(process)
    case .connectRefusal, .connectHang, .partialIO, .datagramLoss, .datagramDoubling:
      strikeHost(process)
    }
  }
}
