//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
package import MoonpoolSim
import PingPongPrograms

/// Ping-pong under chaos: each ball comes back as it was sent, however often the server goes down.
package enum PingPongScenario {
  /// Two players and a server that crashes and comes back.
  package static let pingPong = Scenario("ping-pong") {
    Processes(1, named: "server") { PingPongServer() }
      .onExit(.restart(after: .milliseconds(500)))
    Clients(2) { PingPongWorkload() }
    Chaos(for: .seconds(12)) {
      NetworkFaults(.swarm)
      ProcessFaults(.swarm)
      Attrition(.swarm, maxDead: 1)
    }
    Invariant("all balls come back") { timeline in
      for (event, _) in timeline.new(Played.self) where event.returned != event.sent {
        throw PropertyViolation("\(event.returned) of \(event.sent) balls came back")
      }
    }
  }
}

/// A player has played a game.
package struct Played: NodeEvent {
  package var sent: Int
  package var returned: Int
}

private struct PingPongWorkload: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    while !cluster.isQuiet {
      let game = Game(
        count: node.random.int(in: 1...20), concurrency: node.random.int(in: 1...8),
        size: node.random.bool(probability: 0.1) ? 20_000 : node.random.int(in: 0...64))
      try await play(game, on: node, in: cluster)
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .milliseconds(500)))
    }
  }

  /// With the server up and all ways open, it goes on.
  func check(on node: Node, in cluster: Cluster) async throws {
    try await play(Game(count: 10, concurrency: 3), on: node, in: cluster)
  }

  /// A wrong ball is an error, which ends the run.
  private func play(_ game: Game, on node: Node, in cluster: Cluster) async throws {
    let server = NetworkAddress(ip: cluster.processes[0].address, port: PingPongServer.port)
    try await PingPongPlayer(server: server, game) { result in
      node.emit(Played(sent: game.count, returned: result.count))
    }.run(on: node)
  }
}
