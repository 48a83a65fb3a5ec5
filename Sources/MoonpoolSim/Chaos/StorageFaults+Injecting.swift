//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// Storage faults as a part of ``Chaos``.
extension StorageFaults: FaultInjector {
  public var name: String { "storage" }

  public func validate() throws { try validate(name) }

  public func inject(with faults: FaultContext) async throws {
    let figures = drawn(faults.random)
    let zones = FaultZone.all(of: faults, figures.correlation)
    for zone in zones {
      for process in zone.processes {
        faults.disk(of: process).setFaults(figures, zone.intensity, at: faults.run.world.now)
      }
    }
    for family in StorageFaultFamily.allCases {
      guard let windows = figures.windows(of: family), windows.rate > 0 else { continue }
      StrikeTrain(family.path, perSecond: windows.rate, faults.run, zones) { process, draws in
        let duration = max(.nanoseconds(1), draws.duration(in: windows.duration))
        if family == .stall {
          faults.stall(process, for: duration)
        } else {
          faults.throttle(process, for: duration)
        }
      }.begin()
    }
  }
}
