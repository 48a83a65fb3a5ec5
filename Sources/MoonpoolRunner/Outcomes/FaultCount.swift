//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolSim

/// What a fault family did, in one run or in many.
public struct FaultCount: Sendable, Hashable, Codable {
  /// `network.partition`, `storage.tornWrite`, `process.crash`, `clock.jump`.
  public var family: String
  /// How often it struck.
  public var fired: UInt64
  /// How much it did to the system under test, in what the family is counted by; 0: nothing.
  public var effective: UInt64
}

/// The fault families that can be counted, in a fixed order.
package enum FaultTable {
  package static let names: [String] =
    NetworkFaultFamily.allCases.map { "network.\($0)" }
    + StorageFaultFamily.allCases.map { "storage.\($0)" }
    + RebootKind.allCases.map { "process.\($0)" }
    + ["process.pause", "process.slowness", "clock.jump", "clock.rateChange"]

  /// What a run's faults did, in the order of ``names``, without families that did nothing.
  package static func struck(in report: SimulationReport) -> [FaultStrikes] {
    var result: [FaultStrikes] = []
    var family = 0
    func add(_ fired: Int, _ effective: Int) {
      if fired > 0 || effective > 0 {
        result.append(
          FaultStrikes(family: family, fired: UInt64(fired), effective: UInt64(effective)))
      }
      family += 1
    }
    for family in NetworkFaultFamily.allCases {
      add(report.network.strikes(of: family), report.network.effects(of: family))
    }
    for family in StorageFaultFamily.allCases {
      let counter = report.storage[family]
      add(counter.fired, counter.effective)
    }
    for kind in RebootKind.allCases {
      let reboots = report.processes.reboots[kind, default: 0]
      add(reboots, reboots)
    }
    let processes = report.processes
    // Where there were both, nobody knows which of them made a job late.
    for struck in [processes.pauses, processes.slowdowns] {
      add(struck, struck > 0 ? processes.delayedJobs : 0)
    }
    add(report.clocks.jumps, report.clocks.jumps)
    add(report.clocks.rateChanges, report.clocks.rateChanges)
    return result
  }
}

/// What a fault family did in a run.
package struct FaultStrikes: Sendable, Hashable {
  /// Its place in ``FaultTable/names``.
  package var family: Int
  package var fired: UInt64
  package var effective: UInt64
}

extension FaultCount {
  init(_ strikes: FaultStrikes) {
    self.init(
      family: FaultTable.names[strikes.family], fired: strikes.fired,
      effective: strikes.effective)
  }
}
