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
import MoonpoolTransport

/// A process with links, which says in its log what becomes of them.
struct Talker: Program {
  static let port: UInt16 = 4_500
  var configuration = LinkConfiguration()
  /// What it does with its links, when they listen.
  let talk: @Sendable (Node, Links) async throws -> Void

  func run(on node: Node) async throws {
    let links = Links(
      on: node, as: Self.identity(of: node), configuration, Self.events(on: node))
    try await links.listen()
    try await talk(node, links)
    try await node.clock.sleep(for: .seconds(1 << 20))
  }

  static func identity(of node: Node) -> LinkIdentity {
    let microseconds = node.wallClock.sinceEpoch / .microseconds(1)
    return LinkIdentity(
      address: NetworkAddress(ip: node.address, port: port), incarnation: UInt64(microseconds))
  }

  /// Logs each packet with its number, and how many bytes were not what they should be.
  static func events(on node: Node) -> LinkEvents {
    LinkEvents(
      received: { _, packet in
        let wrong = packet.payload.reduce(0) { $0 + ($1 == filling ? 0 : 1) }
        node.logger.info(
          "received", metadata: ["n": "\(packet.token.second)", "wrong": "\(wrong)"])
      },
      connected: { link in node.logger.info("connected", metadata: ["life": "\(link.incarnation)"])
      },
      lost: { _, _, reason in node.logger.info("lost", metadata: ["why": "\(reason)"]) })
  }

  static let filling: UInt8 = 0x5a

  static func packet(_ number: Int, bytes: Int = 10) -> Packet {
    Packet(
      .message, to: UID(first: 1, second: UInt64(number)),
      [UInt8](repeating: filling, count: bytes)[...])
  }
}

extension Node {
  func talker(_ name: String) async throws -> NetworkAddress {
    NetworkAddress(ip: try await network.resolve(name)[0], port: Talker.port)
  }
}

extension Scenario {
  /// Talkers by their names, for so long, in a world without faults but those that are given.
  static func talkers(
    _ programs: [(name: String, Talker)], for time: Duration, with parts: [any ScenarioPart] = [],
    network: NetworkConfiguration = NetworkConfiguration()
  ) -> Scenario {
    var scenario = Scenario("talkers") {
      Clients { node, _ in try await node.clock.sleep(for: time) }
    }
    for (name, program) in programs {
      Processes(named: name) { program }.add(to: &scenario)
    }
    for part in parts { part.add(to: &scenario) }
    scenario.world.network = network
    scenario.budget.run = time * 2 + .seconds(100)
    scenario.budget.settle = .zero
    scenario.options.leaks = .ignore
    return scenario
  }
}

extension SimulationReport {
  /// What a process logged under a name, by one of its values.
  func said(_ name: String, by source: String, _ key: String) -> [String] {
    timeline.filter { $0.name == name && $0.source == source }.map { $0[key] ?? "" }
  }
}
