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

/// Streams of nodes and of users, which nobody else draws from.
@Suite struct NamedStreamTests {
  /// What a node draws, and how long binding and looking up take it, at 1 s.
  private func drawn(
    _ seed: UInt64, others: @escaping @Sendable (Node) async throws -> Void
  ) -> [String] {
    var scenario = Scenario("streams") {
      Processes(named: "other") {
        ClosureProgram { node in
          try await others(node)
          try await node.clock.sleep(for: .seconds(100))
        }
      }
      Processes(named: "probe") {
        ClosureProgram { node in
          try await node.clock.sleep(for: .seconds(1))
          let start = node.clock.now
          let listener = try await node.network.listen(port: 1)
          let bound = node.clock.now
          _ = try await node.network.resolve("other")
          node.logger.info(
            "drawn",
            metadata: [
              "number": "\(node.random.int(in: 0...1_000_000))",
              "bind": "\(Int(start.duration(to: bound) / .microseconds(100)))",
              "resolve": "\(Int(bound.duration(to: node.clock.now) / .microseconds(100)))",
            ])
          listener.close()
          try await node.clock.sleep(for: .seconds(100))
        }
      }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(2)) }
      Budget(run: .seconds(100), settle: .zero)
    }
    scenario.world.network.bindLatency = .uniform(.milliseconds(1) ... .milliseconds(200))
    scenario.world.network.nameLatency = .uniform(.milliseconds(1) ... .milliseconds(200))
    let report = scenario.run(seed: seed)
    let event = report.events("drawn").first
    return [report.line.prefix(6), event?["number"] ?? "-", event?["bind"] ?? "-"]
      .map { "\($0)" } + [event?["resolve"] ?? "-"]
  }

  @Test func `what one node binds and looks up shifts no other's`() {
    var seen: Set<[String]> = []
    for seed in 0..<10 as Range<UInt64> {
      let quiet = drawn(seed) { _ in }
      let busy = drawn(seed) { node in
        for port in 1...3 as ClosedRange<UInt16> {
          _ = try await node.network.listen(port: port)
          _ = try await node.network.resolve("probe")
        }
      }
      #expect(quiet == busy && quiet[0] == "PASSED")
      seen.insert(quiet)
    }
    #expect(seen.count == 10)
  }

  @Test func `a custom stream is none of the simulator's, whatever it is called`() {
    for seed in 0..<10 as Range<UInt64> {
      let plain = drawn(seed) { _ in }
      let custom = drawn(seed) { _ in
        for name in ["network", "process/probe/0", "probe/0", "disk/1", "1/bind", "1/resolve"] {
          for _ in 0..<3 { _ = Simulation.decisions(.custom(name)).next() }
        }
      }
      #expect(plain == custom && plain[0] == "PASSED")
    }
  }
}
