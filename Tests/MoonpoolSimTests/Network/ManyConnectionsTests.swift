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

@Suite struct ManyConnectionsTests {
  /// More than one client's ephemeral ports allow; three clients have enough.
  private static let wanted = 65_535

  @Test func `one listener holds 65,535 connections at a time`() {
    var options = SimulationOptions()
    options.wallClockLimit = .seconds(120)
    var configuration = WorldConfiguration()
    configuration.network = .ideal
    let worldConfiguration = configuration
    let report = Simulation.run(seed: 1, options: options) {
      let world = World.begin(worldConfiguration)
      let server = world.boot("server", on: world.addHost(try IPAddress(parsing: "10.0.1.1"))).node
      let clients = try (1...3).map {
        world.boot("client-\($0)", on: world.addHost(try IPAddress(parsing: "10.0.0.\($0)"))).node
      }
      let listener = try await server.network.listen(port: 4500, backlog: 8)
      try await Self.connectAll(clients, listener)
      #expect(world.network.checkConsistency() == [])
      listener.close()
      try await Simulation.clock.sleep(for: .seconds(1))
      #expect(world.network.usage.isNone, "\(world.network.usage)")
    }
    #expect(report.passed, "\(report.line)")
  }

  private static func connectAll(_ clients: [Node], _ listener: Listener) async throws {
    var pairs: [(Connection, Connection)] = []
    pairs.reserveCapacity(wanted)
    for number in 0..<wanted {
      async let accepted = listener.accept()
      let client = try await clients[number % 3].network.connect(to: listener.localAddress)
      try await client.write([UInt8(truncatingIfNeeded: number)])
      pairs.append((client, try await accepted))
    }
    var names: Set<NetworkAddress> = []
    for (number, pair) in pairs.enumerated() {
      names.insert(pair.1.remoteAddress)
      let bytes = try await pair.1.read(exactly: 1)
      if bytes != [UInt8(truncatingIfNeeded: number)] || pair.1.remoteAddress != pair.0.localAddress
      {
        throw Remains("connection \(number) got another's byte")
      }
    }
    #expect(names.count == wanted)
  }

  @Test func `one host runs out of ephemeral ports, and gets them back`() {
    var configuration = WorldConfiguration()
    configuration.network.ephemeralPorts = 50_000...50_009
    let worldConfiguration = configuration
    let report = Simulation.run(seed: 1) {
      let world = World.begin(worldConfiguration)
      let server = world.boot("server", on: world.addHost(try IPAddress(parsing: "10.0.1.1"))).node
      let client = world.boot("client", on: world.addHost(try IPAddress(parsing: "10.0.0.1"))).node
      let listener = try await server.network.listen(port: 4500)
      let second = try await server.network.listen(port: 4501)
      var connections: [Connection] = []
      for _ in 0..<10 {
        connections.append(try await client.network.connect(to: listener.localAddress))
      }
      do {
        _ = try await client.network.connect(to: listener.localAddress)
        Issue.record("an eleventh connection from ten ports")
      } catch let error as NetworkError {
        #expect(error.code == .addressNotAvailable)
      }
      // Only pairs of addresses must differ.
      connections.append(try await client.network.connect(to: second.localAddress))
      connections[3].close()
      try await Simulation.clock.sleep(for: .milliseconds(100))
      let again = try await client.network.connect(to: listener.localAddress)
      #expect(again.localAddress == connections[3].localAddress)
    }
    #expect(report.passed, "\(report.line)")
  }
}
