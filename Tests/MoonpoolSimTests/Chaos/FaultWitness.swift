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

/// One public call of `FaultContext`, what it is tried with, and what must be seen of it.
struct FaultCall: Sendable, CustomStringConvertible {
  /// As the compiler names it: `pause(_:for:)`.
  let signature: String
  /// Called 500 ms into a chaos phase of 2 s.
  let act: @Sendable (FaultContext) async throws -> Void
  /// What doesn't hold of the report.
  let complaints: @Sendable (FaultWitness) -> [String]

  init(
    _ signature: String, _ act: @escaping @Sendable (FaultContext) async throws -> Void,
    expect complaints: @escaping @Sendable (FaultWitness) -> [String]
  ) {
    self.signature = signature
    self.act = act
    self.complaints = complaints
  }

  var description: String { signature }

  /// Three processes that gossip, an observer who calls on them, and the call.
  var scenario: Scenario {
    Scenario("\(signature)") {
      Processes(3, named: "store") { Gossip() }
      Clients(named: "observer") { Observer() }
      Chaos(for: .seconds(2)) { Acting(act: act) }
      Budget(run: .seconds(30), settle: .zero)
    }
  }

  private struct Acting: FaultInjector {
    let act: @Sendable (FaultContext) async throws -> Void

    func inject(with faults: FaultContext) async throws {
      try await faults.sleep(for: .milliseconds(500) - faults.elapsed)
      try await act(faults)
    }
  }
}

/// What a run shows of a fault. Times are in milliseconds since the start of the run.
struct FaultWitness: Sendable {
  let report: SimulationReport

  /// Events of a name and a source within a span.
  func events(_ name: String, _ source: String? = nil, in span: Range<Int> = 0..<100_000)
    -> [TimelineEvent]
  {
    report.timeline.filter {
      $0.name == name && source ?? $0.source == $0.source
        && $0.time >= .milliseconds(span.lowerBound) && $0.time < .milliseconds(span.upperBound)
    }
  }

  /// What became of the observer's calls on a process: `ok`, or the error.
  func probes(_ server: String, in span: Range<Int>) -> Set<String> {
    Set(events("probe", in: span).filter { $0["server"] == server }.compactMap { $0["result"] })
  }

  /// How many datagrams came from one process to another; about one each 10 ms is sent.
  func heard(from sender: String, to receiver: String, in span: Range<Int>) -> Int {
    events("heard", receiver, in: span).count { $0["from"] == sender }
  }

  /// When something happened first, in milliseconds.
  func time(_ name: String, _ source: String? = nil, after start: Int = 0) -> Int? {
    events(name, source, in: start..<100_000).first.map { Int($0.time / .milliseconds(1)) }
  }
}

/// Writes two files at its first start, one of them for good; then gossips, answers, and ticks.
private struct Gossip: Program {
  static let port: UInt16 = 4600

  func run(on node: Node) async throws {
    var found: [String] = []
    for path in ["synchronized", "written"] where try await node.storage.exists(path) {
      let size = try await node.storage.metadata(path)?.size ?? 0
      if size > 0 { found.append(path) }
    }
    node.logger.info("booted", metadata: ["found": "\(found.joined(separator: " "))"])
    if found.isEmpty { try await write(node) }
    let peers = try await node.network.resolve("store").filter { $0 != node.address }
    let socket = try await node.network.bindDatagrams(port: Self.port)
    do {
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask { try await tick(node) }
        group.addTask { try await node.network.serve(port: Echo.port, answer) }
        group.addTask {
          while true {
            let from = try await socket.receive().sender.ip
            let name = "store-\(try await node.network.resolve("store").firstIndex(of: from) ?? -1)"
            node.logger.info("heard", metadata: ["from": "\(name)"])
          }
        }
        group.addTask {
          while true {
            for peer in peers {
              try await socket.send([1], to: NetworkAddress(ip: peer, port: Self.port))
            }
            try await node.clock.sleep(for: .milliseconds(10))
          }
        }
      }
    } catch is CancellationError {
      node.logger.info("asked to end")
    }
  }

  private func answer(_ connection: Connection) async throws {
    for try await bytes in connection.inbound { try await connection.write(bytes) }
  }

  private func write(_ node: Node) async throws {
    try await node.storage.withFile("synchronized") { file in
      try await file.write([1, 2, 3])
      try await file.synchronize()
    }
    try await node.storage.synchronizeDirectory()
    try await node.storage.withFile("written") { try await $0.write([1, 2, 3]) }
  }

  private func tick(_ node: Node) async throws {
    let start = node.wallClock.sinceEpoch - Simulation.elapsed
    while true {
      let off = node.wallClock.sinceEpoch - Simulation.elapsed - start
      node.logger.info("tick", metadata: ["off_us": "\(Int(off / .microseconds(1)))"])
      try await node.clock.sleep(for: .milliseconds(50))
    }
  }
}

/// Calls on each process every 20 ms over a connection of its own, and holds one open all the time.
private struct Observer: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    try await node.clock.sleep(for: .milliseconds(50))
    await withTaskGroup { group in
      for server in cluster.processes {
        let address = NetworkAddress(ip: server.address, port: Echo.port)
        group.addTask { await probe(node, server.name, address) }
        group.addTask { await hold(node, server.name, address) }
      }
      await group.next()
      await group.next()
      await group.next()
      group.cancelAll()
    }
  }

  private func probe(_ node: Node, _ server: String, _ address: NetworkAddress) async {
    while Simulation.elapsed < .milliseconds(3_500) {
      var result = "ok"
      do {
        try await node.clock.withTimeout(.milliseconds(200)) {
          try await node.network.withConnection(to: address) { connection in
            try await connection.write([7])
            _ = try await connection.read(exactly: 1)
          }
        }
      } catch let error as NetworkError {
        result = "\(error.code)"
      } catch {
        result = "\(type(of: error))"
      }
      node.logger.info("probe", metadata: ["server": "\(server)", "result": "\(result)"])
      try? await node.clock.sleep(for: .milliseconds(20))
    }
  }

  private func hold(_ node: Node, _ server: String, _ address: NetworkAddress) async {
    var result = "end"
    do {
      let connection = try await node.network.connect(to: address)
      _ = try await connection.read()
    } catch let error as NetworkError {
      result = "\(error.code)"
    } catch {
      result = "\(type(of: error))"
      try? await Task.sleep(for: .seconds(600))
    }
    node.logger.info("held", metadata: ["server": "\(server)", "result": "\(result)"])
    try? await Task.sleep(for: .seconds(600))
  }
}
