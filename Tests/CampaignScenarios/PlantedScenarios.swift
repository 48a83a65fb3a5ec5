//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRuntime
public import MoonpoolSim
import Synchronization

/// Small scenarios with planted defects, each of which shows under some seeds.
public enum PlantedScenarios {
  /// All of them, for the executable that workers are started from.
  public static let all = [
    trivial, planted(.broken), planted(.fixed), deadly, unlucky, slow, endless,
    unrepeatable, talkative, compound, chaotic, gated,
  ]

  /// Three processes and a client that calls each.
  public static let trivial = Scenario("trivial") {
    Processes(3, named: "server") { Greeter() }
    Clients { node, cluster in
      for process in cluster.processes {
        let connection = try await Greeter.connect(node, to: process.address)
        try await connection.write([1])
        let answer = try await connection.read(exactly: 1)
        assertAlways(answer == [2], "a greeting is answered")
        assertSometimes(node.random.int(in: 0..<100) == 0, "one in a hundred")
      }
    }
  }

  public enum Variant: String, Sendable {
    case broken
    case fixed
  }

  /// A different defect under each residue of the seed modulo 20.
  public static func planted(_ variant: Variant) -> Scenario {
    var scenario = Scenario("planted, \(variant)") {
      Processes(1, named: "victim") { Victim(isBroken: variant == .broken) }
      switch variant {
      case .broken:
        Clients { DefectiveClient() }
        Covers("CampaignScenarios/Defect.swift")
      case .fixed:
        Clients { MendedClient() }
        Covers("CampaignScenarios/Mended.swift")
      }
      Chaos(for: .seconds(60)) { stalls }
      Invariant("never thirteen") { timeline in
        if let event = timeline.new("thirteen").first { throw PropertyViolation("saw \(event)") }
      }
    }
    scenario.options.wallClockLimit = .milliseconds(1_500)
    scenario.options.jobLimit = 20_000
    scenario.budget.run = .seconds(60)
    return scenario
  }

  /// Stalls of disks, a few in each run.
  private static var stalls: StorageFaults {
    var faults = StorageFaults()
    faults.stall = FaultWindows(rate: 0.5, lasting: .milliseconds(1) ... .milliseconds(5))
    return faults
  }

  /// Under some seeds the process dies, as of a trap in a library.
  public static let deadly = Scenario("deadly") {
    Clients { node, _ in
      try await node.clock.sleep(for: .seconds(1))
      if Simulation.recipe!.seed % 10 == 7 { ProcessDeath.now() }
    }
  }

  /// Its process is killed once, by somebody outside: see ``ProcessDeath``.
  public static let unlucky = Scenario("unlucky") {
    Clients { node, _ in
      try await node.clock.sleep(for: .seconds(1))
      assertReachable("before the kill")
      if Simulation.recipe!.seed == 5 { ProcessDeath.once() }
      assertReachable("after the kill")
    }
  }

  /// Under some seeds it takes much longer in real time than others, job by job.
  public static let slow = Scenario("slow") {
    Clients { node, _ in
      guard Simulation.recipe!.seed == 3 else { return }
      while true { try await node.clock.sleep(for: .nanoseconds(1)) }
    }
  }

  /// Under each seed it takes for ever in real time.
  public static let endless = Scenario("endless") {
    Clients { node, _ in
      while true { try await node.clock.sleep(for: .nanoseconds(1)) }
    }
  }

  /// A little of everything that a campaign adds up. The runs of a seed that passes and of the
  /// next, which fails, stand still at the gate.
  public static let gated: Scenario = {
    var scenario = Scenario("gated") {
      Processes(2, named: "server") { Greeter() }
      Chaos(for: .seconds(100)) { ClockFaults(jumpRate: 0.05, maxJump: .milliseconds(300)) }
      Clients { node, _ in
        let seed = Simulation.recipe!.seed
        if 25...26 ~= seed { Gate.pass() }
        try await node.clock.sleep(for: .seconds(seed))
        assertSometimes(seed % 9 == 8, "one in nine")
        assertSometimesEach("a room", ["number": Int(seed % 11)])
        assertAlways(seed, isGreaterThan: 0, "a seed is something")
        assertAlways(seed % 7 != 2, "a seed is no two")
        if seed % 13 == 0 { throw LongError(description: "thirteen") }
      }
    }
    scenario.options.wallClockLimit = .seconds(60)
    return scenario
  }()

  /// Says more than others.
  public static let talkative = Scenario("talkative") {
    Clients { node, _ in
      let much = { String(repeating: "much ", count: 500_000) }
      switch Simulation.recipe!.seed {
      case 1: assertAlways(false, "little is said", much())
      case 2: throw LongError(description: much())
      default: for room in 0..<60_000 { assertSometimesEach("a room", ["number": room]) }
      }
    }
  }

  /// Its decisions follow how often it has run in this process.
  public static let unrepeatable = Scenario("unrepeatable") {
    Clients { node, _ in
      let runs = runCount.add(1, ordering: .relaxed).newValue
      try await node.clock.sleep(for: .milliseconds(runs))
    }
  }
  private static let runCount = Atomic<Int>(0)
}

struct LongError: Error, CustomStringConvertible {
  var description: String
}

/// Answers with one more than it is told.
struct Greeter: Program {
  static let port: UInt16 = 4_500

  func run(on node: Node) async throws {
    try await node.network.serve(port: Self.port) { connection in
      while let bytes = try? await connection.read(exactly: 1) {
        try await connection.write([bytes[0] &+ 1])
      }
    }
  }

  nonisolated(nonsending) static func connect(
    _ node: Node, to ip: IPAddress
  ) async throws -> Connection {
    while true {
      do {
        return try await node.network.connect(to: NetworkAddress(ip: ip, port: port))
      } catch let error as NetworkError where error.code == .connectionRefused {
        try await node.clock.sleep(for: .milliseconds(10))
      }
    }
  }
}
