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

extension PlantedScenarios {
  /// What is violated in ``compound``.
  public static let compoundProperty = "the third write of the first client survives two crashes"

  /// Fails if, and only if, the first client's third write comes before two crashes of the first
  /// server; much else goes on that has nothing to do with it.
  public static let compound = Scenario("compound") {
    Processes(1...4, named: "server") { _ in Talker() }
    Clients(1...3) { _ in Writer() }
    Chaos(for: .seconds(30)) {
      ProcessFaults(.random)
      Saboteur()
    }
    Invariant(compoundProperty, state: (isWritten: false, crashes: 0)) { state, timeline in
      for event in timeline.new("written") where event.source.hasPrefix("client") {
        state.isWritten = state.isWritten || event["client"] == "0" && event["number"] == "3"
      }
      for event in timeline.new("process.crash") where event["process"]?.hasSuffix("-0") == true {
        if state.isWritten { state.crashes += 1 }
      }
      if state.crashes == 2 { throw PropertyViolation("it is gone") }
    }
  }
}

private struct Talker: Program {
  func run(on node: Node) async throws {
    while true {
      node.logger.info("alive")
      try await node.clock.sleep(for: .milliseconds(100))
    }
  }
}

private struct Writer: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    for number in 1...20 {
      try await node.clock.sleep(for: .milliseconds(300))
      guard cluster.begins("write") else { continue }
      node.logger.info(
        "written", metadata: ["client": "\(cluster.clientID)", "number": "\(number)"])
    }
  }
}

/// Crashes the first server in the second and the fifth of its strikes.
private struct Saboteur: FaultInjector {
  func inject(with faults: FaultContext) async throws {
    for second in 1...5 {
      try await faults.sleep(for: .seconds(1))
      let isMeant = second == 2 || second == 5
      let processes = faults.cluster.processes
      let victim = isMeant ? processes[0] : processes[processes.count - 1]
      faults.pause(victim, for: .milliseconds(20))
      faults.reboot(
        victim, isMeant || victim != processes[0] ? .crash : .kill, recovery: .milliseconds(200))
    }
  }
}
