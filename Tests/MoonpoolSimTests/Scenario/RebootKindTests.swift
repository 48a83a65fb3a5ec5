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

/// What each kind of reboot is to peers, to files, and to what strikes machines that boot.
@Suite struct RebootKindTests {
  // MARK: Peers

  /// Reads what comes, and sends nothing.
  private struct Sink: Program {
    func run(on node: Node) async throws {
      try await node.network.serve(port: Echo.port) { connection in
        for try await _ in connection.inbound {}
      }
    }
  }

  /// One reads, one reads with keep-alive, one writes every 20 ms; each tells how that ended.
  private struct Peers: Workload {
    func run(on node: Node, in cluster: Cluster) async throws {
      let address = NetworkAddress(ip: cluster.processes[0].address, port: Echo.port)
      let probes = KeepAlive(idle: .milliseconds(100), interval: .milliseconds(100), count: 2)
      await withTaskGroup { group in
        for name in ["reader", "prober", "writer"] {
          group.addTask {
            await tell(name, node) {
              let connection = try await node.network.connect(to: address)
              if name == "prober" { connection.setKeepAlive(probes) }
              while name == "writer" {
                try await connection.write([1])
                try await node.clock.sleep(for: .milliseconds(20))
              }
              _ = try await connection.read()
            }
          }
        }
        group.addTask {
          try? await node.clock.sleep(for: .milliseconds(1_100))
          await tell("caller", node) {
            try await node.clock.withTimeout(.milliseconds(500)) {
              try await node.network.connect(to: address).close()
            }
          }
        }
        try? await node.clock.sleep(for: .seconds(8))
        group.cancelAll()
      }
    }

    private func tell(
      _ name: String, _ node: Node, _ body: () async throws -> Void
    ) async {
      var result = "end"
      do {
        try await body()
      } catch let error as NetworkError {
        result = "\(error.code)"
      } catch {
        result = "\(type(of: error))"
      }
      if Task.isCancelled { result = "nothing" }
      node.logger.info("\(name)", metadata: ["result": "\(result)"])
    }
  }

  /// What is known of a connection, and from when to when, in milliseconds.
  private struct Seen {
    var result: String
    var span: Range<Int>

    init(_ result: String, _ span: Range<Int> = 7_900..<8_100) {
      self.result = result
      self.span = span
    }
  }

  /// Struck at 1 s, back at 3 s.
  private static func expected(_ kind: RebootKind) -> [String: Seen] {
    switch kind {
    case .graceful, .kill:
      [
        "reader": Seen("end", 1_000..<1_050), "prober": Seen("end", 1_000..<1_050),
        "writer": Seen("brokenPipe", 1_000..<1_100),
        "caller": Seen("connectionRefused", 1_100..<1_150),
      ]
    case .crash, .crashAndWipe:
      [
        "reader": Seen("nothing"), "prober": Seen("connectionReset", 1_000..<1_150),
        "writer": Seen("connectionReset", 1_000..<1_100),
        "caller": Seen("connectionRefused", 1_100..<1_150),
      ]
    case .powerLoss:
      [
        "reader": Seen("nothing"), "prober": Seen("timedOut", 1_150..<1_400),
        "writer": Seen("connectionReset", 3_000..<5_000),
        "caller": Seen("TimeoutError", 1_600..<1_650),
      ]
    }
  }

  @Test(arguments: RebootKind.allCases)
  func `peers hear of it as from a real machine`(kind: RebootKind) {
    let scenario = Scenario("peers") {
      Processes(named: "sink") { Sink() }
      Clients { Peers() }
      Chaos(for: .seconds(9)) {
        Injecting { faults in
          try await faults.sleep(for: .seconds(1) - faults.elapsed)
          faults.reboot(
            faults.cluster.processes[0], kind, grace: .milliseconds(1), recovery: .seconds(2))
        }
      }
      Budget(run: .seconds(100), settle: .zero)
    }
    for report in scenario.reports(0..<10) {
      #expect(report.passed && report.starts == [2], "\(report.line)")
      for (name, seen) in Self.expected(kind) {
        let told = report.events(name).first
        let time = Int((told?.time ?? .zero) / .milliseconds(1))
        #expect(
          told?["result"] == seen.result && seen.span.contains(time),
          "\(kind), seed \(report.seed): \(name) \(told?["result"] ?? "-") at \(time)")
      }
    }
  }

  // MARK: Files

  /// At its first start writes a file and doesn't synchronise it; later tells whether it is there.
  ///
  /// It never closes the file, and the disk allows one that is open.
  private struct Careless: Program {
    func run(on node: Node) async throws {
      let isThere = try await node.storage.exists("file")
      node.logger.info("found", metadata: ["file": "\(isThere)"])
      let file = try await node.storage.open("file", .createOrOpen)
      if !isThere { try await file.write([1], at: 0) }
      try await node.clock.sleep(for: .seconds(100))
      file.close()
    }
  }

  /// What is found at each start, with one reboot each second.
  private func found(_ kinds: RebootKind...) -> [[String]] {
    var disk = StorageConfiguration.fast
    disk.limits.openFiles = 1
    let scenario = Scenario("careless") {
      Processes(named: "careless") { Careless() }.disk(disk)
      Clients { node, _ in try await node.clock.sleep(for: .seconds(kinds.count + 1)) }
      Chaos(for: .seconds(60)) {
        Injecting { faults in
          for kind in kinds {
            try await faults.sleep(for: .seconds(1))
            faults.reboot(faults.cluster.processes[0], kind, recovery: .milliseconds(100))
          }
        }
      }
      Budget(run: .seconds(100), settle: .zero)
    }
    return scenario.reports(0..<40).map { report in
      report.passed ? report.events("found").map { $0["file"] ?? "" } : [report.line]
    }
  }

  @Test func `a kill loses nothing, and the files of the dead are closed`() {
    let found = found(.kill, .kill, .kill)
    #expect(found.allSatisfy { $0 == ["false", "true", "true", "true"] }, "\(found)")
  }

  @Test(arguments: [RebootKind.crash, .powerLoss])
  func `what was not synchronised before a kill may be lost in a crash after it`(
    kind: RebootKind
  ) {
    let found = Set(found(.kill, kind))
    #expect(found == [["false", "true", "true"], ["false", "true", "false"]])
  }

  @Test(arguments: RebootKind.allCases)
  func `a disk is struck when its machine boots, not when its process starts`(kind: RebootKind) {
    var faults = StorageFaults()
    faults.wipeProbability = 1
    let scenario = Scenario("boots") {
      Processes(named: "careless") { Careless() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(5)) }
      Chaos(for: .seconds(60)) {
        faults
        Injecting { faults in
          for _ in 0..<3 {
            try await faults.sleep(for: .seconds(1))
            faults.reboot(faults.cluster.processes[0], kind, recovery: .milliseconds(100))
          }
        }
      }
    }
    let boots = kind == .graceful || kind == .kill ? 0 : 3
    // Emptying the disk of a machine is one, too.
    let wipes = kind == .crashAndWipe ? 2 * boots : boots
    for report in scenario.reports(0..<5) {
      #expect(report.passed && report.starts == [4], "\(report.line)")
      #expect(report.storage[.wipe].fired == wipes, "\(report.storage[.wipe])")
    }
  }
}
