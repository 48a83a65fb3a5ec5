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
  public func validate() throws { try validate(name) }

  public func validate(in scenario: Scenario) throws {
    try scenario.checkVictims(victims, "\(name).victims")
  }

  public func inject(with faults: FaultContext) async throws {
    let plan = AttritionPlan(drawn(faults.random))
    let places = Places(faults.cluster)
    let zones = FaultZone.all(of: faults, tagged: victims)
    let world = faults.run.world
    while let delay = plan.delay(from: faults.random),
      let instant = zones.instant(after: delay, from: world.now, before: faults.run.chaosEnd)
    {
      try await faults.sleep(until: instant)
      let members = places.members(victims) { faults.intensity(of: $0) }
      guard let strike = plan.strike(among: members, from: faults.random) else { continue }
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

    func members(
      _ victims: ProcessTag?, _ intensity: (String) -> Double
    ) -> [AttritionPlan.Member] {
      cluster.processes.map {
        AttritionPlan.Member(
          process: $0.index, isAlive: cluster.isAlive($0), machine: machines[$0.index],
          zone: zones[$0.index], datacenter: datacenters[$0.index], isVictim: $0.has(victims),
          weight: $0.locality.id(for: .zone).map(intensity) ?? 1)
      }
    }
  }
}

extension RebootKind {
  fileprivate init(_ kind: Attrition.Kind) {
    self =
      switch kind {
      case .graceful: .graceful
      case .kill: .kill
      case .crash: .crash
      case .powerLoss: .powerLoss
      case .wipe: .crashAndWipe
      }
  }
}
