//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// Scenarios that are refused before a run, with the field's name.
@Suite struct ScenarioRefusalTests {
  /// A scenario with one thing wrong, and the field that is to be named.
  struct Case: Sendable, CustomTestStringConvertible {
    let refusal: String
    let scenario: Scenario

    init(_ refusal: String, @ScenarioBuilder _ parts: () -> [any ScenarioPart]) {
      self.refusal = refusal
      scenario = Scenario("wrong", parts)
    }

    var testDescription: String { refusal }
  }

  private static let kv = Processes(2, named: "kv") { Echo() }

  private static func chaos(_ part: any ChaosPart) -> Chaos { Chaos(for: .seconds(1)) { part } }

  private static func network(_ change: (inout NetworkFaults) -> Void) -> Chaos {
    var faults = NetworkFaults()
    change(&faults)
    return chaos(faults)
  }

  private static func budget(_ change: (inout Budget) -> Void) -> Budget {
    var budget = Budget()
    change(&budget)
    return budget
  }

  static let groups = [
    Case("processes[kv].count is 0; must be at least 1") { Processes(0, named: "kv") { Echo() } },
    Case("clients[c].count is 0; must be at least 1") {
      Clients(0, named: "c") { EchoCalls() }
    },
    Case("processes are up to 70000; must be at most 64770") {
      Processes(70_000, named: "kv") { Echo() }
    },
    Case("processes are up to 9223372036854775807; must be at most 64770") {
      kv.layout(Layout(datacenters: .max, zones: .max))
    },
    Case("processes are up to 64772; must be at most 64770") {
      kv
      Processes(1...64_770, named: "many") { _ in Echo() }
    },
    Case("processes are up to 9223372036854775807; must be at most 64770") {
      kv
      Processes(named: "many") { Echo() }.layout(Layout(datacenters: 1...1, machines: 1...(.max)))
    },
    Case("clients are up to 9223372036854775807; must be at most 254") {
      Clients(1...(.max), named: "one") { _ in EchoCalls() }
      Clients(named: "two") { EchoCalls() }
    },
    Case("clients are up to 255; must be at most 254") { Clients(255) { EchoCalls() } },
    Case("name \"kv\" is used by two groups") {
      kv
      Clients(named: "kv") { EchoCalls() }
    },
    Case("name \"kv-1\" is what one of the group \"kv\" may be called") {
      kv
      Processes(named: "kv-1") { Echo() }
    },
    Case("processes[kv].tags[role] has no values") { kv.tags("role", []) },
    Case("processes[kv].layout.zones is 0; must be at least 1") { kv.layout(Layout(zones: 0)) },
    Case("processes[kv].layout.machines is -1; must be at least 1") {
      kv.layout(Layout(datacenters: 1...1, machines: -1...2))
    },
    Case("processes[kv].exitPolicy is -1.0 seconds; must not be negative") {
      kv.onExit(.restart(after: .seconds(-1)))
    },
    Case("processes[kv].exitPolicy is 0.0 seconds; must be more than zero") {
      kv.onExit(.restart(after: .zero))
    },
    Case("processes[kv].addresses are 1; must be 2") {
      kv.addresses([IPAddress(192, 168, 0, 1)])
    },
    Case("processes[kv].addresses has 192.168.0.1 a second time") {
      kv.addresses([IPAddress(192, 168, 0, 1), IPAddress(192, 168, 0, 1)])
    },
    Case("processes[other].addresses has 192.168.0.2 a second time") {
      kv.addresses([IPAddress(192, 168, 0, 1), IPAddress(192, 168, 0, 2)])
      Processes(named: "other") { Echo() }.addresses([IPAddress(192, 168, 0, 2)])
    },
    Case("processes[kv].addresses has 10.0.1.1; must not be of 10.0.0.0/16") {
      kv.addresses([IPAddress(10, 1, 0, 1), IPAddress(10, 0, 1, 1)])
    },
    Case("processes[kv].addresses has 127.0.0.1") {
      kv.addresses([IPAddress(10, 1, 0, 1), .loopback])
    },
  ]

  static let phases = [
    Case("budget.setUp is 0.0 seconds; must be more than zero") { budget { $0.setUp = .zero } },
    Case("budget.run is -1.0 seconds; must be more than zero") {
      budget { $0.run = .seconds(-1) }
    },
    Case("budget.check is 0.0 seconds; must be more than zero") { budget { $0.check = .zero } },
    Case("budget.settle is -1.0 seconds; must not be negative") {
      budget { $0.settle = .seconds(-1) }
    },
    Case("budget.shutdown is -1.0 seconds; must not be negative") {
      budget { $0.shutdown = .seconds(-1) }
    },
    Case("chaos.duration is 0.0 seconds; must be more than zero") { Chaos(for: .zero) },
    Case("chaos.injectors has two called \"network\"") {
      Chaos(for: .seconds(1)) {
        NetworkFaults(.random)
        NetworkFaults(.swarm)
      }
    },
    Case("operations.probability is 1.2; must be in 0...1") {
      Operations(.swarm, probability: 1.2)
    },
  ]

  static let faults = [
    Case("buggify.fired is 1.2; must be in 0...1") { chaos(Buggify(fired: 1.2)) },
    Case("correlation.volatility is 5.0; must be in 0...4") {
      chaos(CorrelatedFailures(volatility: 5))
    },
    Case("network.datagramLossProbability is 1.2; must be in 0...1") {
      network { $0.datagramLossProbability = 1.2 }
    },
    Case("network.clog.rate is nan; must be finite and not negative") {
      network { $0.clog.rate = .nan }
    },
    Case("network.clog.duration ends at 0.0 seconds; must be at least 1 ns") {
      network { $0.clog.rate = 1 }
    },
    Case("network.partitionShapes is empty") { network { $0.partitionShapes = [] } },
    Case("attrition.maxDead is -1; must not be negative") { chaos(Attrition(maxDead: -1)) },
    Case("attrition.victims are tagged role=replica, which no group of processes is") {
      kv.tags("role", ["primary"])
      chaos(Attrition(maxDead: 1, victims: ProcessTag("role", "replica")))
    },
    Case("process.victims are tagged rank=primary, which no group of processes is") {
      kv.tags("role", ["primary"])
      chaos(tagged(ProcessTag("rank", "primary")))
    },
    Case("clocks.maxDrift is -1 ppb") { chaos(ClockFaults(maxDrift: -1)) },
  ]

  private static func calm(
    _ change: (inout NetworkConfiguration) -> Void
  ) -> NetworkConfiguration {
    var configuration = NetworkConfiguration()
    change(&configuration)
    return configuration
  }

  private static let hour = Duration.seconds(3_600)
  private static let tooLong = hour + .nanoseconds(1)

  static let latencies = [
    Case("network.latency is fixed(3600.000000001 seconds); must be at most 3600 s") {
      calm { $0.latency = .fixed(tooLong) }
    },
    Case("network.connectLatency is uniform(") {
      calm { $0.connectLatency = .uniform(.zero...tooLong) }
    },
    Case("network.acceptLatency is exponential(") {
      calm { $0.acceptLatency = .exponential(minimum: .zero, mean: tooLong) }
    },
    Case("network.bindLatency is exponential(") {
      calm { $0.bindLatency = .exponential(minimum: tooLong, mean: .zero) }
    },
    Case("network.nameLatency is bimodal(") {
      calm {
        $0.nameLatency = .bimodal(fast: .zero...hour, slow: hour...tooLong, slowProbability: 0)
      }
    },
    Case("network.distance is") { calm { $0.distance = .zero...tooLong } },
    Case("network.loopbackLatency is") { calm { $0.loopbackLatency = tooLong } },
    Case("network.connectTimeout is") { calm { $0.connectTimeout = .seconds(1 << 40) } },
    Case("network.giveUp is") { calm { $0.giveUp = .seconds(1 << 40) } },
    Case("network.longestRetransmission is") {
      calm { $0.longestRetransmission = .seconds(1 << 40) }
    },
  ]

  private static func tagged(_ tag: ProcessTag) -> ProcessFaults {
    var faults = ProcessFaults(.random)
    faults.victims = tag
    return faults
  }

  @Test(arguments: groups + phases + faults + latencies)
  func `a bad field is refused by name`(wrong: Case) {
    let report = wrong.scenario.run(seed: 1)
    #expect(report.run.verdict.name == "refused")
    #expect(report.line.contains("invalid configuration: \(wrong.refusal)"), "\(report.line)")
  }

  @Test func `what is at the edge is accepted`() throws {
    try Scenario("edge") {
      Processes(1...64_770, named: "kv") { _ in Echo() }
      Clients(1...254) { _ in EchoCalls() }
    }.validate()
    try Scenario("an hour") {
      Self.calm {
        $0.latency = .exponential(minimum: Self.hour, mean: Self.hour)
        $0.distance = Self.hour...Self.hour
        $0.loopbackLatency = Self.hour
      }
    }.validate()
    try Scenario("victims") {
      Self.kv.tags("role", ["primary", "replica"]).addresses([
        IPAddress(10, 1, 0, 1), IPAddress(10, 1, 0, 2),
      ])
      Self.chaos(Attrition(maxDead: 1, victims: ProcessTag("role", "replica")))
    }.validate()
    try Scenario("names") {
      Self.kv
      Processes(named: "kv-store") { Echo() }
    }.validate()
  }

  @Test func `attrition strikes those alone that have the tag`() {
    let scenario = Scenario("replicas die") {
      Processes(4, named: "kv") { Echo() }.tags("role", ["primary", "replica"])
      Clients { node, _ in try await node.clock.sleep(for: .seconds(30)) }
      Chaos(for: .seconds(30)) {
        Attrition(maxDead: 2, victims: ProcessTag("role", "replica"))
      }
    }
    var killed = [Int](repeating: 0, count: 4)
    for report in scenario.reports(0..<10) {
      #expect(report.passed, "\(report.line)")
      for (index, starts) in report.starts.enumerated() { killed[index] += starts - 1 }
    }
    #expect(killed[0] == 0 && killed[2] == 0 && killed[1] > 10 && killed[3] > 10, "\(killed)")
  }
}
