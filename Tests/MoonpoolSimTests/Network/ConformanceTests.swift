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

@Suite struct ConformanceTests {
  /// Four, so that each strategy of the portfolio has its turn.
  static let seeds: ClosedRange<UInt64> = 1...4

  @Test(arguments: ConformanceCase.all)
  func `holds on an ideal network`(_ testCase: ConformanceCase) {
    check(testCase, .ideal)
  }

  @Test(arguments: ConformanceCase.all)
  func `holds on a data centre's network`(_ testCase: ConformanceCase) {
    check(testCase, .default)
  }

  @Test func `there are enough cases, and each has a name of its own`() {
    #expect(ConformanceCase.all.count >= 100)
    #expect(Set(ConformanceCase.all.map(\.name)).count == ConformanceCase.all.count)
  }

  /// Each seed twice: both runs pass, with the same trace, and leave nothing behind.
  private func check(_ testCase: ConformanceCase, _ network: NetworkConfiguration) {
    for seed in Self.seeds {
      let first = run(testCase, network, seed)
      guard first.passed else {
        Issue.record("\(first.line)")
        return
      }
      let second = run(testCase, network, seed)
      #expect(first.digest == second.digest, "seed \(seed): two runs differ")
    }
  }

  private func run(
    _ testCase: ConformanceCase, _ network: NetworkConfiguration, _ seed: UInt64
  ) -> RunReport {
    var options = SimulationOptions()
    options.trace = .digest
    options.strategy = .portfolio
    return Simulation.run(seed: seed, options: options) {
      var configuration = WorldConfiguration()
      configuration.network = network
      let world = World.begin(configuration)
      try await testCase.body(.simulated(in: world))
      try require(world.network.checkConsistency())
      world.network.heal()
      // What a closed end has still to say has been said, or given up, by then.
      try await Simulation.clock.sleep(for: .seconds(1_500))
      try require(world.network.checkConsistency())
      if !world.network.usage.isNone { throw Remains("left behind: \(world.network.usage)") }
    }
  }

  private func require(_ problems: [String]) throws {
    if let first = problems.first { throw Remains("\(problems.count) problems: \(first)") }
  }
}

/// What a run must not leave.
struct Remains: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

extension Testbed {
  /// Three hosts with a process each.
  static func simulated(in world: World) throws -> Testbed {
    let hosts = try ["10.0.1.1", "10.0.0.1", "10.0.0.2"].map {
      world.addHost(try IPAddress(parsing: $0))
    }
    let nodes = zip(["server", "client", "other"], hosts).map { world.boot($0, on: $1).node }
    let numbers = Dictionary(uniqueKeysWithValues: zip(nodes.map(\.name), hosts))
    return Testbed(
      server: nodes[0], client: nodes[1], other: nodes[2], capabilities: [.cuts, .virtualTime],
      cut: { sender, receiver in
        _ = world.network.partition(
          from: HostSet([numbers[sender.name]!]), to: HostSet([numbers[receiver.name]!]))
      }, heal: { world.network.heal() })
  }
}
