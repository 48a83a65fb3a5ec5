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

/// What the others see when a process dies, or a host loses power.
@Suite struct DeathTests {
  @Test func `a killed process's connections end as its host ends them`() {
    run { world, machines in
      let victim = machines.victim
      victim.tasks.run("serve") {
        let listener = try await victim.node.network.listen(port: 4500)
        let connection = try await listener.accept()
        try await connection.write(Array(repeating: 7, count: 1_000))
        while true {
          try await connection.write([8])
          try await victim.node.clock.sleep(for: .milliseconds(10))
        }
      }
      try await machines.pause(1)
      let connection = try await machines.connect(4500)
      _ = try await connection.read(exactly: 1_002)
      victim.tasks.kill()
      world.network.closeEverything(of: UInt32(victim.tasks.number))
      var after = 0
      while let bytes = try await connection.read() { after += bytes.count }
      #expect(after <= 1)  // what was in flight, and nothing behind it
      try await machines.refused(4500)
    }
  }

  @Test func `a killed process that has not read everything resets its peer`() {
    run { world, machines in
      let victim = machines.victim
      victim.tasks.run("serve") {
        let listener = try await victim.node.network.listen(port: 4500)
        let connection = try await listener.accept()
        try await victim.node.clock.sleep(for: .seconds(1_000))
        connection.close()
      }
      try await machines.pause(1)
      let connection = try await machines.connect(4500)
      try await connection.write([1])
      try await machines.pause(100)
      victim.tasks.kill()
      world.network.closeEverything(of: UInt32(victim.tasks.number))
      await #expect(throws: NetworkError.self) { try await connection.read() }
    }
  }

  @Test func `those that wait for a killed process to accept them are reset`() {
    run { world, machines in
      let victim = machines.victim
      victim.tasks.run("serve") {
        let listener = try await victim.node.network.listen(port: 4500)
        try await victim.node.clock.sleep(for: .seconds(1_000))
        listener.close()
      }
      try await machines.pause(1)
      // Killed at every step of the handshake of some.
      var tasks: [Task<[UInt8]?, any Error>] = []
      for _ in 0..<60 {
        tasks.append(Task { try await machines.connect(4500).read() })
        try await machines.client.node.clock.sleep(for: .microseconds(300))
      }
      victim.tasks.kill()
      world.network.closeEverything(of: UInt32(victim.tasks.number))
      #expect(world.network.checkConsistency() == [])
      for task in tasks {
        do {
          _ = try await task.value
          Issue.record("a connection to a dead process ended well")
        } catch let error as NetworkError {
          #expect([.connectionReset, .connectionRefused].contains(error.code), "\(error)")
        }
      }
    }
  }

  @Test func `a process that dies while it connects takes no place in the backlog`() {
    run { world, machines in
      let listener = try await machines.client.node.network.listen(port: 4500, backlog: 1)
      let address = listener.localAddress
      for step in 0..<60 {
        let caller = world.boot("caller", on: machines.victimHost)
        caller.tasks.run("call") {
          let connection = try await caller.node.network.connect(to: address)
          connection.close()
        }
        try await machines.client.node.clock.sleep(for: .microseconds(200 * step))
        caller.tasks.kill()
        world.network.closeEverything(of: UInt32(caller.tasks.number))
        try await machines.pause(30)
        let accepting = Task { try await listener.accept() }
        try await machines.pause(5)
        accepting.cancel()
        _ = try? await accepting.value
      }
      try await machines.pause(100)
      let before = world.network.usage
      #expect(before.sockets == 0, "\(before)")
    }
  }

  @Test func `a host without power is silent, and resets when it is back`() {
    run { world, machines in
      let connection = try await machines.echoed()
      machines.victim.tasks.kill()
      world.network.setPower(machines.victimHost, on: false)
      try await connection.write([1])
      try await machines.pause(60_000)
      #expect(try connection.handler.tryRead(atMost: 1) == nil)
      world.network.setPower(machines.victimHost, on: true)
      await #expect(throws: NetworkError.self) { try await connection.read() }
      try await machines.refused(4500)
    }
  }

  @Test func `a peer that sends nothing never learns that the host was off`() {
    run { world, machines in
      let connection = try await machines.echoed()
      machines.victim.tasks.kill()
      world.network.setPower(machines.victimHost, on: false)
      try await machines.pause(1_000)
      world.network.setPower(machines.victimHost, on: true)
      try await machines.pause(1_000_000)
      #expect(try connection.handler.tryRead(atMost: 1) == nil)
      try await connection.write([1])
      try await machines.pause(1_000)
      #expect(throws: NetworkError.self) { try connection.handler.tryRead(atMost: 1) }
    }
  }

  @Test(arguments: [true, false])
  func `a writer without room finds out that the host is gone`(_ comesBack: Bool) {
    run { world, machines in
      let victim = machines.victim
      victim.tasks.run("serve") {
        let listener = try await victim.node.network.listen(port: 4500)
        let connection = try await listener.accept()
        try await victim.node.clock.sleep(for: .seconds(3_000))
        connection.close()
      }
      try await machines.pause(1)
      let connection = try await machines.connect(4500)
      let writing = Task { try await connection.write(Array(repeating: 1, count: 1_000_000)) }
      try await machines.pause(100)
      victim.tasks.kill()
      world.network.setPower(machines.victimHost, on: false)
      if comesBack {
        try await machines.pause(5_000)
        world.network.setPower(machines.victimHost, on: true)
      }
      do {
        try await writing.value
        Issue.record("the write succeeded")
      } catch let error as NetworkError {
        #expect(error.code == (comesBack ? .connectionReset : .timedOut))
      }
    }
  }

  @Test func `power goes at any step of many handshakes, both ways`() {
    run { world, machines in
      for step in 0..<40 {
        let victim = world.boot("victim", on: machines.victimHost)
        let listener = try await machines.client.node.network.listen(port: 0, backlog: 4)
        victim.tasks.run("serve") {
          let own = try await victim.node.network.listen(port: 4600)
          _ = try? await victim.node.network.connect(to: listener.localAddress)
          while true { _ = try await own.accept() }
        }
        let task = Task { try await machines.connect(4600).read() }
        try await machines.client.node.clock.sleep(for: .microseconds(400 * step))
        victim.tasks.kill()
        world.network.setPower(machines.victimHost, on: false)
        #expect(world.network.checkConsistency() == [])
        try await machines.pause(100)
        world.network.setPower(machines.victimHost, on: true)
        try await machines.pause(step % 2 == 0 ? 100 : 70_000)
        task.cancel()
        _ = try? await task.value
        listener.close()
        #expect(world.network.checkConsistency() == [])
      }
    }
  }

  /// Runs `body` under several seeds on both networks, each twice; nothing may be left behind.
  private func run(_ body: @escaping @Sendable (World, Machines) async throws -> Void) {
    var options = SimulationOptions()
    options.trace = .digest
    options.timeLimit = .seconds(20_000)
    options.leaks = .ignore
    for network in [NetworkConfiguration.ideal, .default] {
      for seed in UInt64(1)...4 {
        let reports = (0..<2).map { _ in
          Simulation.run(seed: seed, options: options) {
            var configuration = WorldConfiguration()
            configuration.network = network
            let world = World.begin(configuration)
            try await body(world, try Machines(world))
            try await Simulation.clock.sleep(for: .seconds(1_500))
            let problems = world.network.checkConsistency()
            if let first = problems.first { throw Remains(first) }
            let usage = world.network.usage
            if !usage.isNone { throw Remains("left behind: \(usage)") }
          }
        }
        if !reports[0].passed { Issue.record("\(reports[0].line)") }
        #expect(reports[0].digest == reports[1].digest)
      }
    }
  }
}

/// A process that dies, and one that watches it.
struct Machines: Sendable {
  let victimHost: Int32
  let victim: Incarnation
  let client: Incarnation

  init(_ world: World) throws {
    victimHost = world.addHost(try IPAddress(parsing: "10.0.1.1"))
    victim = world.boot("victim", on: victimHost)
    client = world.boot("client", on: world.addHost(try IPAddress(parsing: "10.0.0.1")))
  }

  func pause(_ milliseconds: Int) async throws {
    try await client.node.clock.sleep(for: .milliseconds(milliseconds))
  }

  func connect(_ port: UInt16) async throws -> Connection {
    try await client.node.network.connect(
      to: NetworkAddress(ip: victim.node.address, port: port))
  }

  func refused(_ port: UInt16) async throws {
    await #expect(throws: NetworkError.self) { try await connect(port) }
  }

  /// A connection to the victim, which echoes.
  func echoed() async throws -> Connection {
    victim.tasks.run("echo") { [victim] in
      let listener = try await victim.node.network.listen(port: 4500)
      let connection = try await listener.accept()
      for try await bytes in connection.inbound { try await connection.write(bytes) }
    }
    try await pause(1)
    let connection = try await connect(4500)
    try await connection.write([1, 2])
    _ = try await connection.read(exactly: 2)
    return connection
  }
}
