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
      await sleepers(count) { _, times in
        let random = Simulation.random("sleepers")
        for _ in 0..<times {
          try? await Task.sleep(for: .milliseconds(random.int(in: 1...100)))
        }
      }
    },
    "sleep-clock": { count in
      await sleepers(count) { _, times in
        let random = Simulation.random("sleepers")
        let clock = Simulation.clock
        for _ in 0..<times {
          try? await clock.sleep(for: .milliseconds(random.int(in: 1...100)))
        }
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
}
