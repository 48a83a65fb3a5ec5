//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
public import MoonpoolSim
import TransportPrograms

/// Moonpool's transport under everything that can go wrong.
public enum TransportScenarios {
  /// Callers and servers; every way to call; all promises are checked.
  public static let calls: Scenario = {
    var scenario = allCalls
    // Far more than a run takes: whoever tries again without a pause is found soon.
    scenario.options.jobLimit = 5_000_000
    return scenario
  }()

  private static let allCalls = Scenario("transport") {
    Processes(2, named: "server") { CallServer() }
      .onExit(.restart(after: .milliseconds(500)))
    Processes(1...3, named: "caller") { _ in
      Caller(servers: ["server-0", "server-1"], until: chaos + .seconds(3))
    }
    .onExit(.restart(after: .milliseconds(500)))
    Clients { Watcher() }
    Chaos(for: chaos) {
      NetworkFaults(.swarm)
      ProcessFaults(.swarm)
      Attrition(.swarm, maxDead: 2)
      Buggify()
    }
    Invariant("calls keep their promises", state: CallLedger()) { ledger, timeline in
      for (event, place) in timeline.new(CallEvent.self) {
        try ledger.add(event, by: place.source, at: place.time)
      }
    }
  }

  static let chaos = Duration.seconds(12)
}

/// Waits until nothing is under way any more.
private struct Watcher: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    while !cluster.isQuiet { try await node.clock.sleep(for: .milliseconds(500)) }
  }

  /// With everybody up and all ways open, each call comes to its end.
  func check(on node: Node, in cluster: Cluster) async throws {
    var ledger = CallLedger()
    var reader = TimelineReader(cluster.timeline)
    for _ in 0..<120 {
      try await node.clock.sleep(for: .seconds(1))
      for (event, place) in reader.new(CallEvent.self) {
        try ledger.add(event, by: place.source, at: place.time)
      }
      if ledger.openCalls.isEmpty, node.clock.now.offset > .seconds(16) { return }
    }
    throw PropertyViolation("calls never end: \(ledger.openCalls)")
  }
}
