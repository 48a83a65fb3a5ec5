//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
internal import MoonpoolSim

extension WorldWorkloads {
  static func calls(withChaos: Bool, _ watching: Watching = []) -> Scenario {
    let emits = watching.contains(.events)
    var scenario = Scenario("calls") {
      Processes(3, named: "server") { EchoServer() }
      Clients { node, cluster in try await callAll(node, cluster, wanted: 100, emits: emits) }
      if watching.contains(.invariants) {
        Watching.inOrder
        Watching.oneAtATime
        Watching.startsOnce
      }
      if withChaos {
        Chaos(for: .seconds(3_600)) {
          NetworkFaults(.random)
          ClockFaults(maxSkew: .milliseconds(100), maxDrift: 200_000)
        }
      }
    }
    if !withChaos { scenario.world.network = .ideal }
    return scenario
  }

  nonisolated(nonsending) private static func callAll(
    _ node: Node, _ cluster: Cluster, wanted: Int, emits: Bool
  ) async throws {
    var connections = [Connection?](repeating: nil, count: cluster.processes.count)
    var done = 0
    while done < wanted {
      let server = done % connections.count
      if emits { node.emit(Call.began(done)) }
      do {
        let connection: Connection
        if let kept = connections[server] {
          connection = kept
        } else {
          connection = try await node.network.connect(
            to: NetworkAddress(ip: cluster.processes[server].address, port: EchoServer.port),
            timeout: .seconds(1))
          connections[server] = connection
        }
        try await connection.write(EchoServer.message)
        _ = try await connection.read(exactly: EchoServer.message.count, timeout: .seconds(1))
        if emits { node.emit(Call.answered(done, by: server)) }
        done += 1
      } catch {
        if emits { node.emit(Call.failed(done)) }
        connections[server]?.reset()
        connections[server] = nil
        try await node.clock.sleep(for: .milliseconds(10))
      }
    }
  }

  /// Each process connects to those after it, in a ring, and tells the client when it is done.
  static func crowd(of count: Int, connections: Int, trips: Int) -> Scenario {
    var scenario = Scenario("crowd") {
      Processes(count...count, named: "member") { index in
        Member(index: index, count: count, connections: connections, trips: trips)
      }
      Clients(named: "client") { node, _ in
        let listener = try await node.network.listen(port: EchoServer.port, backlog: count)
        for _ in 0..<count { _ = try await listener.accept() }
      }
    }
    scenario.world.network = .ideal
    return scenario
  }

  private struct Member: Program {
    var index: Int
    var count: Int
    var connections: Int
    var trips: Int

    func run(on node: Node) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await EchoServer().run(on: node) }
        group.addTask {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<connections {
              let neighbour = (index + 1 + turn % (count - 1)) % count
              group.addTask {
                let ip = try await node.network.resolve("member-\(neighbour)")[0]
                try await node.network.connectToEcho(at: ip).pingPong(trips)
              }
            }
            try await group.waitForAll()
          }
          let ip = IPAddress(10, 0, 0, 1)
          _ = try await node.network.connectToEcho(at: ip)
        }
        try await group.waitForAll()
      }
    }
  }
}
