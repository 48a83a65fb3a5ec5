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

/// A run that got stuck says what everybody waits for in the world.
@Suite struct WaitReasonTests {
  /// Listens where nobody is told anything.
  struct Silent: Program {
    func run(on node: Node) async throws {
      try await node.network.serve(port: 4500) { _ in
        try await node.clock.sleep(for: .seconds(1_000_000))
      }
    }
  }

  /// What stands in the failure line of a client that does only this.
  private func line(
    storage: StorageConfiguration = .default,
    _ body: @escaping @Sendable (Node, NetworkAddress) async throws -> Void
  ) -> String {
    var scenario = Scenario("stuck") {
      Processes(1, named: "silent") { Silent() }
      Clients { node, cluster in
        try await node.clock.sleep(for: .milliseconds(100))
        try await body(node, NetworkAddress(ip: cluster.processes[0].address, port: 4500))
      }
      Budget(run: .seconds(10))
    }
    scenario.world.storage = storage
    return scenario.run(seed: 1).line
  }

  @Test func `for bytes`() {
    let line = line { node, address in
      _ = try await node.network.connect(to: address).read()
    }
    #expect(line.contains("on client waits for bytes from 10.0.1.1:4500"), "\(line)")
  }

  @Test func `for bytes, with a timeout that is longer than the budget`() {
    let line = line { node, address in
      _ = try await node.network.connect(to: address).read(exactly: 1, timeout: .seconds(60))
    }
    #expect(line.contains("waits for bytes from 10.0.1.1:4500"), "\(line)")
  }

  @Test func `for room`() {
    let line = line { node, address in
      let connection = try await node.network.connect(to: address)
      while true { try await connection.write([UInt8](repeating: 0, count: 1 << 16)) }
    }
    #expect(line.contains("waits for room to write to 10.0.1.1:4500"), "\(line)")
  }

  struct Isolation: FaultInjector {
    func inject(with faults: FaultContext) async throws { faults.isolate(faults.cluster.processes) }
  }

  @Test func `for a connection that nobody answers`() {
    let scenario = Scenario("stuck") {
      Processes(1, named: "silent") { Silent() }
      Clients { node, cluster in
        try await node.clock.sleep(for: .milliseconds(100))
        let address = NetworkAddress(ip: cluster.processes[0].address, port: 4500)
        _ = try await node.network.connect(to: address)
      }
      Chaos(for: .seconds(60)) { Isolation() }
      Budget(run: .seconds(10))
    }
    let line = scenario.run(seed: 1).line
    #expect(line.contains("on client waits for a connection to 10.0.1.1:4500"), "\(line)")
  }

  @Test func `for a client, and for a datagram`() {
    let accepting = line { node, _ in
      _ = try await node.network.listen(port: 7).accept()
    }
    #expect(accepting.contains("waits for a connection from anybody at 10.0.0.1:7"), "\(accepting)")
    let receiving = line { node, _ in
      _ = try await node.network.bindDatagrams(port: 9).receive()
    }
    #expect(receiving.contains("waits for a datagram at 10.0.0.1:9"), "\(receiving)")
  }

  @Test func `for a disk`() {
    var slow = StorageConfiguration.default
    slow.syncLatency = .seconds(600) ... .seconds(600)
    let line = line(storage: slow) { node, _ in
      try await node.storage.open("file", .createOrOpen).synchronize()
    }
    #expect(line.contains("waits for its disk"), "\(line)")
  }

  @Test func `for the time`() {
    let line = line { node, _ in try await node.clock.sleep(for: .seconds(100)) }
    #expect(line.contains("on client waits for a timer"), "\(line)")
  }

  @Test func `for nothing that anybody knows`() {
    let line = line { _, _ in
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
    #expect(line.contains("on client waits for a continuation"), "\(line)")
  }
}
