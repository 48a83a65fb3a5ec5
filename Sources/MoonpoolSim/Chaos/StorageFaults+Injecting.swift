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
      StorageStrikes(family, windows, faults, zones).begin()
    }
  }
}

/// When and where disks stall, or are slow.
///
/// Safe to share because all code of a simulation runs on one thread.
private final class StorageStrikes: FaultStrikes, @unchecked Sendable {
  private let family: StorageFaultFamily
  private let windows: FaultWindows
  private let faults: FaultContext

  init(
    _ family: StorageFaultFamily, _ windows: FaultWindows, _ faults: FaultContext,
    _ zones: [FaultZone]
  ) {
    self.family = family
    self.windows = windows
    self.faults = faults
    super.init(family.path, Pace(rate: windows.rate), faults.run, zones)
  }

  override func strike(_ process: ProcessReference) {
    let duration = max(.nanoseconds(1), draws.duration(in: windows.duration))
    if family == .stall {
      faults.stall(process, for: duration)
    } else {
      faults.throttle(process, for: duration)
    }
  }
}
