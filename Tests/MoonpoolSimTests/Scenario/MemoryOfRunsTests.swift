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
import Synchronization
import Testing

/// Nothing of a run is left when its report has been made, however it ended: a campaign of a
/// million seeds must not grow.
@Suite struct MemoryOfRunsTests {
  /// What all parts of a run lead to.
  private final class Watched: Sendable {
    private struct Weak: @unchecked Sendable {
      weak var registry: StateRegistry?
    }
    private let all = Mutex<[Weak]>([])

    func watch(_ cluster: Cluster) { all.withLock { $0.append(Weak(registry: cluster.registry)) } }
    var count: Int { all.withLock { $0.count } }
    var living: Int { all.withLock { $0.count { $0.registry != nil } } }
  }

  struct Crashes: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      while true {
        try await faults.sleep(for: .milliseconds(100))
        guard let victim = faults.random.element(of: faults.cluster.liveProcesses) else { continue }
        faults.reboot(victim, .crash, recovery: .milliseconds(50))
      }
    }
  }

  /// How the client of a run ends.
  enum End: String, CaseIterable {
    case returns, throwsAnError, waitsForEver, waitsForNobody, violates, traps
  }

  @Test(arguments: End.allCases)
  func `a run leaves nothing behind`(end: End) {
    let watched = Watched()
    let scenario = Scenario("watched") {
      Processes(3, named: "echo") { Echo() }
      Clients(2) { EchoCalls(wanted: 5) }
      Clients(named: "last") { node, cluster in
        watched.watch(cluster)
        try await node.clock.sleep(for: .milliseconds(500))
        switch end {
        case .returns: return
        case .throwsAnError: throw PropertyViolation("no")
        case .waitsForEver: try await node.clock.sleep(for: .seconds(1_000_000))
        case .waitsForNobody: _ = try await node.network.listen(port: 9).accept()
        case .violates: Simulation.recordViolation(of: "order", detail: "none")
        case .traps: fatalError("over")
        }
      }
      Chaos(for: .seconds(2)) {
        NetworkFaults(.random)
        StorageFaults(.random)
        ClockFaults(maxSkew: .milliseconds(10), maxDrift: 1_000)
        Crashes()
      }
      Invariant("nothing in particular") { _ in }
      Budget(run: .seconds(60))
    }
    let reports = scenario.reports(0..<4)
    #expect(reports.count { $0.passed } == (end == .returns ? 4 : 0))
    #expect(watched.count == 4)
    // A task that trapped keeps what it had: its stack is lost with all that stands on it.
    #expect(watched.living == (end == .traps ? 4 : 0))
  }
}
