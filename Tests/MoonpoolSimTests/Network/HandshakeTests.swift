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
import NetworkConformance
import Testing

/// What the simulated network's own settings and faults do to connecting.
@Suite struct HandshakeTests {
  @Test func `a connect fails when its configured time is over, not at the next retry`() {
    run {
      $0.network.connectTimeout = .seconds(10)
    } body: { bed, _ in
      let listener = try await bed.server.network.listen(port: 4500)
      bed.cut(bed.client, bed.server)
      let start = bed.client.clock.now
      do {
        _ = try await bed.client.network.connect(to: listener.localAddress)
        Issue.record("connected through a cut")
      } catch let error as NetworkError {
        #expect(error.code == .timedOut)
      }
      let time = start.duration(to: bed.client.clock.now)
      #expect(time >= .seconds(10) && time < .milliseconds(10_100), "it took \(time)")
    }
  }

  @Test(arguments: [false, true])
  func `a clogged link holds up a handshake`(_ isWayBack: Bool) {
    run { _ in
    } body: { bed, world in
      let listener = try await bed.server.network.listen(port: 4500)
      let (from, to) = isWayBack ? (bed.hosts[0], bed.hosts[1]) : (bed.hosts[1], bed.hosts[0])
      world.network.clog(world.network.link(from: from, to: to), until: 3_000_000_000)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      let time = Simulation.elapsed
      #expect(time >= .seconds(3) && time < .milliseconds(3_100), "it took until \(time)")
      let server = try await listener.accept()
      #expect(server.remoteAddress == client.localAddress)
    }
  }

  @Test func `a clogged link holds up a refusal`() {
    run { _ in
    } body: { bed, world in
      world.network.clog(
        world.network.link(from: bed.hosts[0], to: bed.hosts[1]), until: 3_000_000_000)
      let address = NetworkAddress(ip: bed.server.address, port: 4500)
      await #expect(throws: NetworkError.self) {
        try await bed.client.network.connect(to: address)
      }
      #expect(Simulation.elapsed >= .seconds(3))
    }
  }

  @Test func `connecting doesn't take the port of a listener`() {
    run {
      $0.network.ephemeralPorts = 50_000...50_003
    } body: { bed, _ in
      let own = try await bed.client.network.listen(port: 50_001)
      let listener = try await bed.server.network.listen(port: 4500)
      var ports: [UInt16] = []
      var connections: [Connection] = []
      for _ in 0..<3 {
        connections.append(try await bed.client.network.connect(to: listener.localAddress))
        ports.append(connections.last!.localAddress.port)
      }
      #expect(ports.sorted() == [50_000, 50_002, 50_003])
      own.close()
    }
  }

  @Test func `a datagram to the loopback address stays on the host`() {
    run { _ in
    } body: { bed, _ in
      let port = try await bed.server.network.bindDatagrams(port: 4500)
      let own = NetworkAddress(ip: try IPAddress(parsing: "127.0.0.1"), port: 4500)
      try await port.send([1], to: own)
      let received = try await port.receive()
      #expect(received.bytes == [1])
      let nowhere = NetworkAddress(ip: try IPAddress(parsing: "192.0.2.1"), port: 1)
      await #expect(throws: NetworkError.self) {
        try await port.send(Array(repeating: 0, count: 65_508), to: nowhere)
      }
    }
  }

  @Test func `bytes whose acknowledgement was lost are asked for again from a host that forgot`() {
    run { _ in
    } body: { bed, world in
      let listener = try await bed.server.network.listen(port: 4500)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      let server = try await listener.accept()
      bed.cut(bed.server, bed.client)
      try await client.write([1])
      #expect(try await server.read(exactly: 1) == [1])
      world.network.setPower(bed.hosts[0], on: false)
      world.network.setPower(bed.hosts[0], on: true)
      world.network.heal()
      do {
        _ = try await client.read()
        Issue.record("the connection ended well")
      } catch let error as NetworkError {
        #expect(error.code == .connectionReset)
      }
    }
  }

  @Test func `the end of a stream that meets nobody is answered with a reset`() {
    run { _ in
    } body: { bed, world in
      let listener = try await bed.server.network.listen(port: 4500)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      let server = try await listener.accept()
      world.network.setPower(bed.hosts[0], on: false)
      world.network.setPower(bed.hosts[0], on: true)
      client.finish()
      do {
        _ = try await client.read()
        Issue.record("the connection ended well")
      } catch let error as NetworkError {
        #expect(error.code == .connectionReset)
      }
      _ = server
    }
  }

  @Test func `keep-alive leaves it to bytes under way to find out`() {
    run {
      $0.network.giveUp = .seconds(60)
    } body: { bed, _ in
      let listener = try await bed.server.network.listen(port: 4500)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      let server = try await listener.accept()
      client.setKeepAlive(KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 2))
      bed.cut(bed.client, bed.server)
      try await client.write([1])
      let start = bed.client.clock.now
      await #expect(throws: NetworkError.self) { try await client.read() }
      let time = start.duration(to: bed.client.clock.now)
      #expect(time >= .seconds(60), "it took \(time)")
      _ = server
    }
  }

  @Test func `a reset from a host that forgot does not get through a cut`() {
    run {
      $0.network.giveUp = .seconds(60)
    } body: { bed, world in
      for heals in [true, false] {
        let listener = try await bed.server.network.listen(port: 4500)
        let client = try await bed.client.network.connect(to: listener.localAddress)
        let server = try await listener.accept()
        world.network.setPower(bed.hosts[0], on: false)
        world.network.setPower(bed.hosts[0], on: true)
        bed.cut(bed.server, bed.client)
        try await client.write([1])
        try await bed.client.clock.sleep(for: .seconds(5))
        #expect(try client.handler.tryRead(atMost: 1) == nil)
        if heals { world.network.heal() }
        do {
          _ = try await client.read()
          Issue.record("the connection ended well")
        } catch let error as NetworkError {
          #expect(error.code == (heals ? .connectionReset : .timedOut))
        }
        world.network.heal()
        _ = server
      }
    }
  }

  @Test func `a handshake whose last step is lost is given up by the accepting side after 63 s`() {
    run {
      $0.network.acceptLatency = .fixed(.milliseconds(5))
    } body: { bed, world in
      for (outage, survives) in [(10, true), (100, false)] {
        let listener = try await bed.server.network.listen(port: 0, backlog: 0)
        let client = try await bed.client.network.connect(to: listener.localAddress)
        bed.cut(bed.client, bed.server)
        try await bed.client.clock.sleep(for: .seconds(outage))
        world.network.heal()
        try await bed.client.clock.sleep(for: .seconds(200))
        try await client.write([1])
        if survives {
          let server = try await listener.accept()
          #expect(try await server.read(exactly: 1) == [1])
        } else {
          await #expect(throws: NetworkError.self) { try await client.read() }
          // It has given up its place in the backlog.
          _ = try await bed.client.network.connect(to: listener.localAddress)
        }
      }
    }
  }

  // MARK: Support

  /// Two hosts.
  struct Bed: Sendable {
    let server: Node
    let client: Node
    let hosts: [Int32]
    let cut: @Sendable (Node, Node) -> Void
  }

  /// Runs under a few seeds; nothing contradicts itself at the end.
  private func run(
    _ configure: (inout WorldConfiguration) -> Void,
    body: @escaping @Sendable (Bed, World) async throws -> Void
  ) {
    var configuration = WorldConfiguration()
    configure(&configuration)
    let worldConfiguration = configuration
    for seed in UInt64(1)...4 {
      let report = Simulation.run(seed: seed) {
        let world = World.begin(worldConfiguration)
        let bed = try Testbed.simulated(in: world)
        let hosts = [world.addHost(bed.server.address), world.addHost(bed.client.address)]
        let cut: @Sendable (Node, Node) -> Void = { from, to in
          _ = world.network.partition(
            from: HostSet([world.addHost(from.address)]), to: HostSet([world.addHost(to.address)]))
        }
        try await body(Bed(server: bed.server, client: bed.client, hosts: hosts, cut: cut), world)
        if let first = world.network.checkConsistency().first { throw Remains(first) }
      }
      if !report.passed { Issue.record("\(report.line)") }
    }
  }
}
