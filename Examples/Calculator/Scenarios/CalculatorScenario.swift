//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import CalculatorPrograms
import MoonpoolAssertions
import MoonpoolCore
package import MoonpoolSim

/// The calculator under chaos: what clients are told is right, whatever happens on the way.
package enum CalculatorScenario {
  /// Three clients of a server that crashes and comes back.
  package static let calculator = Scenario("calculator") {
    Processes(1, named: "calculator") { CalculatorServer() }
      .onExit(.restart(after: .milliseconds(500)))
    Clients(3) { CalculatorWorkload() }
    Chaos(for: .seconds(12)) {
      NetworkFaults(.swarm)
      ProcessFaults(.swarm)
      Attrition(.swarm, maxDead: 1)
    }
    Invariant("results are right") { timeline in
      for (event, _) in timeline.new(Calculated.self) {
        let expected = event.calculation.expected
        if event.outcome != expected {
          throw PropertyViolation(
            "\(event.calculation) is \(event.outcome) instead of \(expected)")
        }
      }
    }
  }
}

/// A client was told something.
package struct Calculated: NodeEvent {
  package var calculation: Calculation
  package var outcome: Outcome
}

private struct CalculatorWorkload: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    while !cluster.isQuiet {
      try await calculate(.random(from: node.random), on: node, in: cluster)
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .milliseconds(300)))
    }
  }

  /// With the server up and all ways open, each operation works.
  func check(on node: Node, in cluster: Cluster) async throws {
    for operation in Operation.allCases {
      try await calculate([Calculation(operation, Operands(12, 4))], on: node, in: cluster)
    }
  }

  private func calculate(
    _ calculations: [Calculation], on node: Node, in cluster: Cluster
  ) async throws {
    let server = NetworkAddress(
      ip: cluster.processes[0].address, port: CalculatorServer.port)
    try await CalculatorClient(server: server, calculations) { calculation, outcome in
      node.emit(Calculated(calculation: calculation, outcome: outcome))
      assertSometimes(outcome == .refused(.divisionByZero), "a division by zero is refused")
      assertSometimes(outcome == .refused(.overflow), "an overflow is refused")
    }.run(on: node)
  }
}

extension [Calculation] {
  /// Some last so long that much happens to their connection.
  fileprivate static func random(from random: RandomSource) -> [Calculation] {
    (0..<random.int(in: 1...(random.bool(probability: 0.2) ? 200 : 8))).map { _ in
      Calculation(
        random.element(of: Operation.allCases)!, Operands(.operand(random), .operand(random)))
    }
  }
}

extension Int {
  /// Small ones, zero above all, and those at the ends.
  fileprivate static func operand(_ random: RandomSource) -> Int {
    switch random.int(in: 0..<8) {
    case 0: random.element(of: [.min, .max])!
    case 1, 2: 0
    default: random.int(in: -1_000...1_000)
    }
  }
}

extension Calculation {
  /// Worked out in another way than the server does: with more bits.
  fileprivate var expected: Outcome {
    let (left, right) = (Int128(operands.left), Int128(operands.right))
    if operation == .divide, right == 0 { return .refused(.divisionByZero) }
    let value =
      switch operation {
      case .add: left + right
      case .subtract: left - right
      case .multiply: left * right
      case .divide: left / right
      }
    return Int(exactly: value).map { .value($0) } ?? .refused(.overflow)
  }
}
