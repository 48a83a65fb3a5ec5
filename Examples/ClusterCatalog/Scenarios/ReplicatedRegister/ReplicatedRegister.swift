//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterPrograms
import MoonpoolCore
import MoonpoolSim

extension ClusterExample {
  /// A register on three nodes that forgets what it has acknowledged.
  public static let replicatedRegister = ClusterExample(
    name: "replicated-register",
    summary: "acknowledges a write before it is durable",
    story: """
      Three nodes hold one register; a write is acknowledged when two of them have stored it, and \
      a read asks two of them. That is enough as long as each keeps what it has promised to hold. \
      Without one synchronize() a node that crashes comes back with an older cell, and a read of \
      it and of the third node finds nothing of the write.
      """,
    essentialFaults: [
      "one replica that has acknowledged a write crashes",
      "so does the other one",
      "the third, which has it too by now, is out of reach",
    ],
    property: RegisterInvariant.property,
    correct: scenario("replicated register", synchronizes: true),
    buggy: scenario("replicated register without synchronize", synchronizes: false))

  private static func scenario(_ name: String, synchronizes: Bool) -> Scenario {
    Scenario(name) {
      Processes(3, named: "register") { RegisterReplica(synchronizes: synchronizes) }
        .onExit(.restart(after: .seconds(1)))
      Clients(3) { RegisterWorkload() }
      // Most of the replicas may be down at a time: what is durable needs nobody to be up. But no
      // disk is lost: the vote of a replica that has forgotten everything would count for nothing.
      Chaos.full(
        Attrition(
          maxDead: 2, graceful: 0.2, kill: 0.2, crash: 0.4, powerLoss: 0.2,
          interval: .milliseconds(500) ... .seconds(3),
          recovery: .milliseconds(200) ... .seconds(2)))
      RegisterInvariant.invariant
    }
  }
}

/// Reads and writes, at random, until the chaos is over.
private struct RegisterWorkload: Workload {
  private var nextOperation = 0
  private var workDone = 0

  mutating func run(on node: Node, in cluster: Cluster) async throws {
    var register = RegisterClient(
      on: node, id: cluster.clientID + 1, replicas: cluster.processes.map(\.address))
    while !cluster.isQuiet {
      do {
        if node.random.bool() {
          try await write(&register, on: node, in: cluster)
        } else {
          try await read(register, on: node, in: cluster)
        }
        workDone += 1
      } catch is NoMajority {}
      try await node.clock.sleep(
        for: node.random.duration(in: .zero ... .milliseconds(400)))
    }
    node.emit(WorkDone(count: workDone))
  }

  /// With all nodes up and all ways open, a read must get through.
  mutating func check(on node: Node, in cluster: Cluster) async throws {
    let register = RegisterClient(
      on: node, id: cluster.clientID + 1, replicas: cluster.processes.map(\.address))
    try await read(register, on: node, in: cluster)
  }

  private mutating func write(
    _ register: inout RegisterClient, on node: Node, in cluster: Cluster
  ) async throws {
    let id = begin(on: node, in: cluster)
    // Every value is another one: a cell can be told from every other by what it holds.
    let cell = try await register.write(id)
    node.emit(RegisterCall.hasWritten(id: id, cell))
  }

  private mutating func read(
    _ register: RegisterClient, on node: Node, in cluster: Cluster
  ) async throws {
    let id = begin(on: node, in: cluster)
    node.emit(RegisterCall.hasRead(id: id, try await register.read()))
  }

  private mutating func begin(on node: Node, in cluster: Cluster) -> Int {
    nextOperation += 1
    let id = nextOperation * cluster.clientCount + cluster.clientID
    node.emit(RegisterCall.began(id: id))
    return id
  }
}
