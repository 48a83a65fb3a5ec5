//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// Attrition as a part of ``Chaos``.
extension Attrition: FaultInjector {
  public var name: String { "attrition" }

  public func validate() throws { try validate("attrition") }

  public func inject(with faults: FaultContext) async throws {
    let plan = AttritionPlan(self)
    let places = Places(faults.cluster)
    while let delay = plan.delay(from: faults.random) {
      try await faults.sleep(for: Duration(nanoseconds: delay))
      guard let strike = plan.strike(among: places.members, from: faults.random) else { continue }
      for victim in strike.victims {
        faults.reboot(
          faults.cluster.processes[victim.process], RebootKind(strike.kind),
          grace: Duration(nanoseconds: victim.grace),
          recovery: Duration(nanoseconds: victim.recovery))
      }
    }
  }

  /// Machines, zones and data centres by number.
  private struct Places {
    let cluster: Cluster
    let machines: [Int]
    let zones: [Int]
    let datacenters: [Int]

    init(_ cluster: Cluster) {
      self.cluster = cluster
      func numbers(_ level: LocalityLevel) -> [Int] {
        var known: [String: Int] = [:]
        return cluster.processes.map { process in
          let id = process.locality.id(for: level) ?? ""
          let number = known[id] ?? known.count
          known[id] = number
          return number
        }
      }
      machines = numbers(.machine)
      zones = numbers(.zone)
      datacenters = numbers(.datacenter)
    }

    var members: [AttritionPlan.Member] {
      cluster.processes.map {
        AttritionPlan.Member(
          process: $0.index, isAlive: cluster.isAlive($0), machine: machines[$0.index],
          zone: zones[$0.index], datacenter: datacenters[$0.index])
      }
    }
  }
}

extension RebootKind {
  fileprivate init(_ kind: Attrition.Kind) {
    self =
      switch kind {
      case .graceful: .graceful
      case .crash: .crash
      case .wipe: .crashAndWipe
      }
  }
}
