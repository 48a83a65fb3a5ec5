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
    Processes(1...3, named: "caller") { index in
      // The third can't be called, and is somebody else in each life.
      Caller(
        servers: ["server-0", "server-1", "caller-0", "caller-1"], isKnown: index < 2,
        until: chaos + .seconds(3))
    }
    .onExit(.restart(after: .milliseconds(500)))
    Clients { Watcher(until: chaos + .seconds(12)) }
    Chaos(for: chaos) {
      // No part of it sends datagrams.
      NetworkFaults(.swarm).without(.datagramLoss, .datagramDoubling)
      StorageFaults(.swarm).without(StorageFaultFamily.damaging)
      ProcessFaults(.swarm)
      Attrition(.swarm, maxDead: 2).with(.wipe)
      // Clocks run as they like, but none goes back: a node that has lost its disk, and whose clock
      // shows less than before, is taken for an earlier life of itself until it has caught up.
      ClockFaults(maxDrift: 1_000_000, slewRate: 0.1)
      Buggify()
    }
    Invariant("calls keep their promises", state: CallLedger()) { ledger, timeline in
      for (event, place) in timeline.new(CallEvent.self) {
        try ledger.add(event, by: place.source, at: place.time)
      }
    }
  }

  static let chaos = Duration.seconds(12)

  /// Connections that have lasted, and are lost one after the other: there is a new one at once.
  public static let reconnection = Scenario("reconnection") {
    let time = Duration.seconds(300)
    Processes(1, named: "server") { CallServer() }
    Processes(1, named: "caller") {
      Caller(servers: ["server"], kinds: [.untilAnswered], until: time)
    }
    Clients { Watcher(until: time) }
    Chaos(for: time) { Closes() }
    Invariant("calls are answered soon", state: CallLedger(longest: .seconds(8))) {
      ledger, timeline in
      for (event, place) in timeline.new(CallEvent.self) {
        try ledger.add(event, by: place.source, at: place.time)
      }
    }
  }
}

/// Cuts the way for a while that no connection survives, each time after one has lasted.
private struct Closes: FaultInjector {
  func inject(with faults: FaultContext) async throws {
    let processes = faults.cluster.processes
    while true {
      try await faults.sleep(for: faults.random.duration(in: .seconds(14) ... .seconds(20)))
      let partition = faults.partition([processes[0]], from: [processes[1]])
      try await faults.sleep(for: .seconds(3.5))
      faults.heal(partition)
    }
  }
}

private struct Watcher: Workload {
  /// When callers have begun and looked at all, by everybody's clock.
  let until: Duration

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
      if ledger.openCalls.isEmpty, node.clock.now.offset > until { return }
    }
    throw PropertyViolation("calls never end: \(ledger.openCalls)")
  }
}
