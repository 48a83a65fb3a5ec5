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
import Synchronization
import Testing

/// Random use of the network while ways are cut and hosts lose power: no byte is wrong, the model
/// never contradicts itself, and in the end nothing is left.
@Suite struct StormTests {
  @Test(arguments: [false, true])
  func `thirty storms leave nothing behind`(_ isIdeal: Bool) {
    var options = SimulationOptions()
    options.trace = .digest
    options.timeLimit = .seconds(20_000)
    options.leaks = .ignore
    var configuration = WorldConfiguration()
    configuration.network = isIdeal ? .ideal : .default
    configuration.network.sendBuffer = 5_000
    configuration.network.receiveWindow = 3_000
    configuration.network.giveUp = .seconds(20)
    configuration.network.connectTimeout = .seconds(10)
    let world = configuration
    let seen = Mutex<[NetworkEffects]>([])
    for seed in UInt64(1)...30 {
      let body: Simulation.Body = {
        let storm = try Storm(World.begin(world))
        try await storm.run()
        let effects = storm.world.network.effectsSoFar
        seen.withLock { $0.append(effects) }
      }
      let report = Simulation.run(seed: seed, options: options, body)
      guard report.passed else {
        Issue.record("\(report.line)")
        return
      }
      if seed % 10 > 0 { continue }
      let again = Simulation.run(seed: seed, options: options, body)
      #expect(report.digest == again.digest, "seed \(seed): two runs differ")
    }
    // It was a storm.
    let effects = seen.withLock { $0 }
    #expect(effects.contains { $0.backlogOverflows > 0 })
    #expect(effects.contains { $0.partition.handshakesLost > 0 })
    #expect(effects.contains { $0.partition.bytesDelayed > 0 })
    #expect(effects.contains { $0.partition.acknowledgementsLost > 0 })
    #expect(effects.contains { $0.partition.connectionsLost > 0 })
  }
}

/// One run: three hosts; on each a process that serves and calls.
private final class Storm: @unchecked Sendable {  // all of a run is one thread
  let world: World
  private let hosts: [Int32]
  private let addresses: [IPAddress]
  private var processes: [Incarnation] = []
  private let random = Simulation.random("storm")
  private var bytes = 0
  private var wrong: String?

  init(_ world: World) throws {
    self.world = world
    addresses = try ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map { try IPAddress(parsing: $0) }
    hosts = addresses.map { world.addHost($0) }
    for index in 0..<3 { processes.append(boot(index)) }
  }

  func run() async throws {
    for _ in 0..<150 {
      try await Simulation.clock.sleep(for: .microseconds(random.int(in: 1...20_000)))
      switch random.int(in: 0..<20) {
      case 0: world.network.heal()
      case 1, 2: cut()
      case 3: restart(random.int(in: 0..<3), withPower: true)
      case 4: restart(random.int(in: 0..<3), withPower: false)
      case 5: try await Simulation.clock.sleep(for: .seconds(random.int(in: 1...200)))
      case 6: try await outage()
      default: call(from: random.int(in: 0..<3), to: random.int(in: 0..<3))
      }
      try check()
    }
    world.network.heal()
    try await Simulation.clock.sleep(for: .seconds(1_200))
    for process in processes {
      process.tasks.kill()
      world.network.closeEverything(of: UInt32(process.tasks.number))
    }
    try check()
    try await Simulation.clock.sleep(for: .seconds(1_200))
    try check()
    let usage = world.network.usage
    if !usage.isNone { throw Remains("left behind: \(usage)") }
    if bytes == 0 { throw Remains("no byte ever arrived") }
  }

  private func check() throws {
    let problems = world.network.checkConsistency()
    if let first = wrong ?? problems.first { throw Remains(first) }
  }

  // MARK: Faults

  private func cut() {
    let from = random.int(in: 0..<3)
    _ = world.network.partition(
      from: HostSet([hosts[from]]), to: HostSet([hosts[(from + random.int(in: 1...2)) % 3]]))
  }

  private func restart(_ index: Int, withPower: Bool) {
    let old = processes[index].tasks
    old.kill()
    if withPower {
      world.network.closeEverything(of: UInt32(old.number))
    } else {
      world.network.setPower(hosts[index], on: false)
      world.network.setPower(hosts[index], on: true)
    }
    processes[index] = boot(index)
  }

  private func outage() async throws {
    let index = random.int(in: 0..<3)
    processes[index].tasks.kill()
    world.network.setPower(hosts[index], on: false)
    for _ in 0..<5 { call(from: (index + 1) % 3, to: index) }
    try await Simulation.clock.sleep(for: .milliseconds(random.int(in: 1...30_000)))
    world.network.setPower(hosts[index], on: true)
    processes[index] = boot(index)
  }

  // MARK: Programs

  private func boot(_ index: Int) -> Incarnation {
    let process = world.boot("p\(index)", on: hosts[index])
    process.tasks.run("serve") { [self] in
      // Now and then the port is closed for a while.
      while true {
        let listener = try await process.node.network.listen(port: 4500, backlog: 3)
        for _ in 0..<random.int(in: 1...20) {
          let connection = try await listener.accept()
          Task {
            try await connection.write([9])
            try await use(connection, on: process.node)
          }
        }
        listener.close()
        try await process.node.clock.sleep(for: .milliseconds(5))
      }
    }
    return process
  }

  private func call(from: Int, to: Int) {
    let process = processes[from]
    let address = NetworkAddress(ip: addresses[to], port: 4500)
    process.tasks.run("call") { [self] in
      let task = Task {
        let connection = try await process.node.network.connect(to: address)
        _ = try await connection.read(exactly: 1)
        try await use(connection, on: process.node)
      }
      if random.int(in: 0..<5) == 0 {
        try await process.node.clock.sleep(for: .microseconds(random.int(in: 1...20_000)))
        task.cancel()
      }
      _ = try? await task.value
    }
  }

  private static let numbers = (0..<10_000).map { UInt8($0 % 251) }

  private static func numbered(_ first: Int, _ count: Int) -> [UInt8] {
    Array(numbers[(first % 251)..<(first % 251 + count)])
  }

  /// Byte number n of each direction is n modulo 251.
  private func use(_ connection: Connection, on node: Node) async throws {
    if random.int(in: 0..<3) == 0 {
      connection.setKeepAlive(KeepAlive(idle: .seconds(5), interval: .seconds(1), count: 3))
    }
    let writer = Task { try await write(connection, on: node) }
    var number = 0
    for _ in 0..<random.int(in: 1...60) {
      let size = random.int(in: 1...4_000)
      guard let bytes = try await connection.read(atMost: size) else { break }
      if bytes != Self.numbered(number, bytes.count) { wrong = "bytes from \(number) on" }
      number += bytes.count
      self.bytes += bytes.count
      if random.int(in: 0..<6) == 0 {
        try await node.clock.sleep(for: .milliseconds(random.int(in: 1...300)))
      }
    }
    switch random.int(in: 0..<6) {
    case 0: connection.reset()
    case 1: connection.close()
    case 2: connection.finish()
    case 3: writer.cancel()
    default: _ = try? await writer.value
    }
  }

  private func write(_ connection: Connection, on node: Node) async throws {
    var number = 0
    for _ in 0..<random.int(in: 1...30) {
      let size = random.int(in: 0...6_000)
      try await connection.write(Self.numbered(number, size))
      number += size
      if random.int(in: 0..<6) == 0 {
        try await node.clock.sleep(for: .milliseconds(random.int(in: 1...300)))
      }
    }
    if random.int(in: 0..<2) == 0 { connection.finish() }
  }
}
