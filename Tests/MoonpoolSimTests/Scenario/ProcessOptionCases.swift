//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim

/// Every option of a group of processes.
let processOptions = [
  OptionCase("Processes.name") {
    let seen = references(Processes(named: "alone") { Echo() }).map(\.name)
    let several = references(Processes(2, named: "kv") { Echo() }).map(\.name)
    return require(seen == ["alone"] && several == ["kv-0", "kv-1"], "\(seen), \(several)")
  },
  OptionCase("Processes.count") {
    let counts = Set(
      (0..<40).map { references(Processes(2...4, named: "kv") { _ in Echo() }, seed: $0).count })
    let fixed = Set(
      (0..<5).map { references(Processes(3, named: "kv") { Echo() }, seed: $0).count })
    return require(counts == [2, 3, 4] && fixed == [3], "\(counts), \(fixed)")
  },
  OptionCase("Processes.tags") {
    let group = Processes(5, named: "kv") { Echo() }
      .tags("role", ["primary", "replica"]).tags("rack", ["a", "b", "c"])
    let roles = references(group).map { $0.tag("role") ?? "" }
    let racks = references(group).map { $0.tag("rack") ?? "" }
    return require(
      roles == ["primary", "replica", "primary", "replica", "primary"]
        && racks == ["a", "b", "c", "a", "b"] && references(group)[0].tag("none") == nil,
      "\(roles), \(racks)")
  },
  OptionCase("Processes.layout") {
    let found = references(Processes(named: "kv") { Echo() }.layout(Layout(zones: 2, processes: 2)))
    let places = found.map { "\($0.locality.zone ?? "-") \($0.locality.machine ?? "-")" }
    // Without one each stands on a machine of its own, in one zone.
    let plain = references(Processes(2, named: "kv") { Echo() }).map {
      "\($0.locality.zone ?? "-") \($0.locality.machine ?? "-")"
    }
    return require(
      places == [
        "dc1-z1 dc1-z1-m1", "dc1-z1 dc1-z1-m1", "dc1-z2 dc1-z2-m1", "dc1-z2 dc1-z2-m1",
      ] && plain == ["dc1-z1 kv-m0", "dc1-z1 kv-m1"], "\(places), \(plain)")
  },
  OptionCase("Processes.addresses") {
    let wanted = [IPAddress(192, 168, 7, 1), IPAddress(192, 168, 9, 1)]
    let group = Processes(2, named: "echo") { Echo() }.addresses(wanted)
    let report = Scenario("addresses") {
      group
      Processes(named: "other") { Echo() }
      Clients { EchoCalls() }
      Clients(named: "asker") { node, _ in
        let addresses = try await node.network.resolve("echo")
        node.logger.info("found", metadata: ["at": "\(addresses)"])
      }
    }.run(seed: 1)
    return require(references(group).map(\.address) == wanted, "\(references(group))")
      + require(report.events("finished").count == 1 && report.passed, report.line)
      + require(report.events("found").first?["at"] == "\(wanted)", "\(report.events("found"))")
  },
  OptionCase("Processes.disk") {  // more of it in ProcessDiskTests
    var small = StorageConfiguration.fast
    small.limits.capacity = 1 << 20
    @Sendable func measure() -> ClosureProgram {
      ClosureProgram { node in
        let capacity = try await node.storage.space().capacity
        node.logger.info("measured", metadata: ["capacity": "\(capacity)"])
      }
    }
    let report = Scenario("disks") {
      Processes(named: "small") { measure() }.disk(small)
      Processes(named: "other") { measure() }
      Clients(run: nap(.seconds(1)))
      StorageConfiguration.fast
    }.run(seed: 1)
    let capacities = ["small", "other"].map { report.events("measured", $0).first?.int("capacity") }
    return require(capacities == [1 << 20, 1 << 40], "\(capacities), \(report.line)")
  },
  OptionCase("Processes.exitPolicy") { exitPolicies() },
  OptionCase("Processes.makeProgram") {
    // Made anew at each start, with the position in the group.
    struct Named: Program {
      let index: Int
      func run(on node: Node) async throws {
        node.logger.info("program", metadata: ["index": "\(index)"])
      }
    }
    let report = Scenario("programs") {
      Processes(named: "first") { Echo() }
      Processes(2...2, named: "p") { Named(index: $0) }.onExit(.restart(after: .seconds(1)))
      Clients { node, _ in try await node.clock.sleep(for: .seconds(1.5)) }
      Budget(run: .seconds(9), settle: .zero)
    }.run(seed: 1)
    let made = report.events("program").map { "\($0.source) \($0["index"] ?? "")" }.sorted()
    return require(made == ["p-0 0", "p-0 0", "p-1 1", "p-1 1"], "\(made)")
  },
  OptionCase("Layout.datacenters") { drawn(.datacenter) { $0.datacenters = $1 } },
  OptionCase("Layout.zones") { drawn(.zone) { $0.zones = $1 } },
  OptionCase("Layout.machines") { drawn(.machine) { $0.machines = $1 } },
  OptionCase("Layout.processes") { drawn(nil) { $0.processes = $1 } },
]

/// The processes of a run with one group, as a client is told of them.
private func references(_ group: Processes, seed: UInt64 = 1) -> [ProcessReference] {
  let found = Found()
  let report = Scenario("references") {
    group
    Clients { _, cluster in found.references = cluster.processes }
    Budget(run: .seconds(9), settle: .zero)
  }.run(seed: seed)
  return report.passed ? found.references : []
}

/// What a client leaves for the test.
///
/// Safe to share: the test looks when the run is over.
final class Found: @unchecked Sendable {
  var references: [ProcessReference] = []
}

/// One number of a layout is drawn from its range, the others stay 1.
private func drawn(
  _ level: LocalityLevel?, _ change: (inout Layout, ClosedRange<Int>) -> Void
) -> [String] {
  var layout = Layout()
  change(&layout, 2...4)
  let group = Processes(named: "kv") { Echo() }.layout(layout)
  var counts: Set<Int> = []
  let wrong = (0..<30 as Range<UInt64>).flatMap { seed in
    let found = references(group, seed: seed)
    counts.insert(found.count)
    return LocalityLevel.allCases.flatMap { other in
      let domains = Set(found.map { $0.locality.id(for: other) ?? "" }).count
      // Levels below the one that is drawn have as many domains as it has.
      let expected = level.map { other <= $0 } ?? false ? found.count : 1
      return require(domains == expected, "\(domains) of \(other) for \(found.count) processes")
    }
  }
  return wrong + require(counts == [2, 3, 4], "\(counts)")
}

/// What becomes of a program that ends by itself after a second, in 3.5 s.
private func exitPolicies() -> [String] {
  func run(_ policy: Processes.ExitPolicy, throwing: Bool) -> SimulationReport {
    Scenario("exit") {
      Processes(named: "short") {
        ClosureProgram { node in
          try await node.clock.sleep(for: .seconds(1))
          if throwing { throw PropertyViolation("no more") }
        }
      }.onExit(policy)
      Clients { node, _ in try await node.clock.sleep(for: .seconds(3.5)) }
      Budget(run: .seconds(9), settle: .zero)
    }.run(seed: 1)
  }
  let again = Processes.ExitPolicy.restart(after: .milliseconds(500))
  let outcomes = [
    (run(.failOnError, throwing: false), 1, "PASSED"),
    (run(.failOnError, throwing: true), 1, "FAILED"),
    (run(.stayDown, throwing: false), 1, "PASSED"), (run(.stayDown, throwing: true), 1, "PASSED"),
    (run(again, throwing: false), 3, "PASSED"), (run(again, throwing: true), 3, "PASSED"),
  ]
  return outcomes.flatMap { report, starts, verdict in
    require(report.starts == [starts] && report.line.hasPrefix(verdict), report.line)
  }
}
