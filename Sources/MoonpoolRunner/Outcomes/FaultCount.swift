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

  /// What a run's faults did: pairs of fired and effective, in the order of ``names``.
  package static func counts(of report: SimulationReport) -> [(fired: Int, effective: Int)] {
    var counts: [(fired: Int, effective: Int)] = []
    counts.reserveCapacity(names.count)
    for family in NetworkFaultFamily.allCases {
      counts.append((report.network.strikes(of: family), report.network.effects(of: family)))
    }
    for family in StorageFaultFamily.allCases {
      let counter = report.storage[family]
      counts.append((counter.fired, counter.effective))
    }
    for kind in RebootKind.allCases {
      let reboots = report.processes.reboots[kind, default: 0]
      counts.append((reboots, reboots))
    }
    let processes = report.processes
    // Where there were both, nobody knows which of them made a job late.
    for struck in [processes.pauses, processes.slowdowns] {
      counts.append((struck, struck > 0 ? processes.delayedJobs : 0))
    }
    counts.append((report.clocks.jumps, report.clocks.jumps))
    counts.append((report.clocks.rateChanges, report.clocks.rateChanges))
    return counts
  }
}
