//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import MoonpoolAssertions
internal import MoonpoolCore
internal import MoonpoolSim
internal import Workloads

extension OneThing {
  /// Assertions and `buggify`, called as production code calls them, from another module.
  static let assertingBodies: [String: @Sendable (_ count: Int) async -> Void] = [
    "assert-always": { count in
      for number in 0..<count { assertAlways(number >= 0, "not negative") }
    },
    "assert-always-of-100": { count in
      for line in 1...UInt32(100) { assertReachable("another", line: line) }
      for number in 0..<count { assertAlways(number >= 0, "not negative") }
    },
    "assert-sometimes": { count in
      for number in 0..<count { assertSometimes(number >= 0, "not negative") }
    },
    "assert-number": { count in
      for number in 0..<count { assertAlways(number, isGreaterThan: -1, "not negative") }
    },
    "buggify-off": { count in
      var fired = 0
      for _ in 0..<count where buggify() { fired += 1 }
      guard fired == 0 else { fatalError("buggify fired \(fired) times although it is off") }
    },
  ]
}

extension WorldWorkloads {
  /// All places are armed, in a chaos phase that lasts as long as the loop.
  static func buggifies(_ count: Int) -> Scenario {
    var scenario = Scenario("buggify") {
      Clients { node, _ in
        try await node.clock.sleep(for: .milliseconds(1))
        var fired = 0
        // Neither an `if` nor what the compiler makes one of: which visits fire can't be predicted,
        // and the processor's wrong guesses cost as much as the call.
        for _ in 0..<count { fired &+= Int(unsafeBitCast(buggify(), to: UInt8.self)) }
        guard (count / 5...count / 3).contains(fired) else {
          fatalError("buggify fired \(fired) times of \(count)")
        }
      }
      Chaos(for: .seconds(3_600)) { Buggify(armed: 1, fired: 0.25) }
    }
    scenario.world.network = .ideal
    return scenario
  }
}
