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

/// A wait leaves its timer in the queue for the next one, which must end at its own time all the
/// same.
@Suite struct DeadlineTests {
  /// Answers each byte with one, but not a zero.
  struct Moody: Program {
    func run(on node: Node) async throws {
      try await node.network.serve(port: 4500) { connection in
        while let bytes = try await connection.read() {
          for byte in bytes where byte != 0 { try await connection.write([byte]) }
        }
      }
    }
  }

  private func run(_ body: @escaping @Sendable (Node, Connection) async throws -> Void)
    -> SimulationReport
  {
    var scenario = Scenario("deadlines") {
      Processes(1, named: "moody") { Moody() }
      Clients { node, cluster in
        try await node.clock.sleep(for: .seconds(1))
        let address = NetworkAddress(ip: cluster.processes[0].address, port: 4500)
        try await body(node, try await node.network.connect(to: address))
      }
    }
    scenario.world.network = .ideal
    scenario.options.hops = .never
    return scenario.run(seed: 1)
  }

  /// Each limit in turn, after so many reads that were answered in time with a limit of 1 s.
  @Test(
    arguments: [0, 1, 2, 5], [[1_000, 10, 500, 2_000], [2_000, 1_000, 999, 1], [1, 2, 3, 3_000]])
  func `a wait ends at its own deadline, whatever the one before had`(
    answered: Int, limits: [Int]
  ) {
    let report = run { node, connection in
      for limit in limits {
        for _ in 0..<answered {
          try await connection.write([1])
          _ = try await connection.read(exactly: 1, timeout: .seconds(1))
        }
        let start = node.clock.now
        do {
          _ = try await connection.read(exactly: 1, timeout: .milliseconds(limit))
          throw PropertyViolation("nothing was to come")
        } catch let error as TimeoutError {
          guard error.limit == .milliseconds(limit) else { throw error }
        }
        // Jobs take some microseconds of virtual time.
        let late = start.duration(to: node.clock.now) - .milliseconds(limit)
        guard late >= .zero, late < .microseconds(100) else {
          throw PropertyViolation("\(limit) ms were over \(late) too late")
        }
      }
    }
    #expect(report.passed, "\(report.line)")
  }

  @Test func `timers that are left behind take no virtual time`() {
    let report = run { node, connection in
      try await connection.write([1])
      _ = try await connection.read(exactly: 1, timeout: .seconds(3_000))
    }
    #expect(report.passed, "\(report.line)")
    #expect(report.run.virtualTime < .seconds(30))
  }

  struct Fast: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      try await faults.sleep(for: .seconds(10))
      for process in faults.cluster.processes { faults.changeRate(of: process, to: 500_000_000) }
      try await faults.sleep(for: .seconds(3_600))
    }
  }

  /// Reads with a limit of 60 s, and then with 100 s while its clock becomes half as fast again.
  struct Reading: Program {
    func run(on node: Node) async throws {
      let listener = try await node.network.listen(port: 7)
      let connecting = Task { try await node.network.connect(to: listener.localAddress) }
      let (here, there) = (try await listener.accept(), try await connecting.value)
      try await there.write([1])
      _ = try await here.read(exactly: 1, timeout: .seconds(60))
      let limit: Duration = .seconds(100)
      do { _ = try await here.read(exactly: 1, timeout: limit) } catch is TimeoutError {
        node.logger.info("over")
      }
    }
  }

  @Test func `a deadline follows its node's clock also while an earlier timer is pending`() {
    let scenario = Scenario("fast clock") {
      Processes(1, named: "reading") { Reading() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(200)) }
      Chaos(for: .seconds(3_600)) { Fast() }
    }
    let report = scenario.run(seed: 1)
    // 10 s at rate 1, and 90 s of its own at rate 1.5.
    let over = report.timeline.first { $0.name == "over" }?.time ?? .zero
    #expect(report.passed, "\(report.line)")
    #expect(over > .seconds(69) && over < .seconds(71), "\(over)")
  }
}
