//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import MoonpoolRuntime
internal import Workloads

extension OneThing {
  /// The workloads that ask the simulation for something: its random numbers, its clock.
  static let simulatedBodies: [String: @Sendable (_ count: Int) async -> Void] = [
    "sleep-task": { count in
      await sleepers(count, drawing: milliseconds) { try? await Task.sleep(for: .milliseconds($0)) }
    },
    "sleep-clock": { count in
      let clock = Simulation.clock
      await sleepers(count, drawing: milliseconds) {
        try? await clock.sleep(for: .milliseconds($0))
      }
    },
    "decision": { count in
      var random = Simulation.random("decision")
      blackHole(Int(truncatingIfNeeded: sumOfDraws(count, using: &random)))
    },
    "decision-range": { count in
      var random = Simulation.random("decision")
      var sum = 0
      for _ in 0..<count { sum &+= Int.random(in: 0..<100, using: &random) }
      blackHole(sum)
    },
  ]

  /// All sleepers draw from one stream.
  @Sendable private static func milliseconds(_ task: UInt64) -> () -> Int {
    let random = Simulation.random("sleepers")
    return { random.int(in: 1...100) }
  }
}
