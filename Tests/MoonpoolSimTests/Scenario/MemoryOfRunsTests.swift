//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Logging
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

  // MARK: What a trap cannot keep

  /// Accepts, and reads nothing.
  struct Deaf: Program {
    func run(on node: Node) async throws {
      let listener = try await node.network.listen(port: Echo.port)
      var connections: [Connection] = []
      while true { connections.append(try await listener.accept()) }
    }
  }

  enum Hoard: String, CaseIterable, Codable {
    case disk, network, timeline

    /// Makes the world hold 4 MB.
    func fill(_ node: Node, _ cluster: Cluster) async throws {
      let file = try await node.storage.open("f", .createOrOpen)
      for index in 0..<128 {
        let block = [UInt8](repeating: UInt8(index), count: 1 << 15)
        switch self {
        case .disk: try await file.write(block, at: Int64(index) << 15)
        case .network:
          let address = NetworkAddress(ip: cluster.processes[0].address, port: Echo.port)
          try await node.network.connect(to: address).write(block)
        case .timeline: node.emit(Noted(block: block))
        }
      }
    }
  }

  struct Noted: NodeEvent {
    let block: [UInt8]
    var metadata: Logger.Metadata { [:] }
  }

  /// 80 runs: 320 MB, if they kept what they had. In a process of its own, where nobody else needs
  /// memory; the runs before those have made the heaps of all threads.
  @Test(arguments: Hoard.allCases)
  func `a task that trapped keeps no files, bytes on their way, or events`(hoard: Hoard) async {
    await #expect(processExitsWith: .success) { [hoard = hoard as Hoard] in
      let growth = Self.megabytesOfTraps(hoard, of: 120, from: 40)
      if growth > 100 { fatalError("\(growth) MB") }
    }
  }

  /// How much the process grows by the last of some runs that trap.
  private static func megabytesOfTraps(_ hoard: Hoard, of count: UInt64, from first: UInt64) -> Int
  {
    let scenario = Scenario("hoarders") {
      Processes(named: "deaf") { Deaf() }
      Clients { node, cluster in
        try await hoard.fill(node, cluster)
        fatalError("enough")
      }
      NetworkConfiguration.ideal
      StorageConfiguration.fast
    }
    var before = 0
    scenario.run(seeds: 0..<count) { report in
      if !report.line.contains("enough") { fatalError("\(report.line)") }
      if report.run.recipe.seed == first { before = residentMegabytes() }
      return true
    }
    return residentMegabytes() - before
  }

  /// Memory of this process that is resident.
  private static func residentMegabytes() -> Int {
    let statm = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) >> 8
  }
}
