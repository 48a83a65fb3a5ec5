//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime
import Testing

/// Swift Testing keeps a backtrace of each error that is thrown in its process until the test ends;
/// simulated code throws too many for that.
@Suite struct ErrorTests {
  struct Untyped: Error {}
  struct Typed: Error {}

  private static func throwUntyped() throws { throw Untyped() }
  private static func throwTyped() throws(Typed) { throw Typed() }

  @Test func `errors of simulations are not told to the test library`() {
    let untold = Mailbox()
    let report = Simulation.run(seed: 1) {
      for _ in 0..<100 {
        try? Self.throwUntyped()
        await Task.yield()
        do throws(Typed) { try Self.throwTyped() } catch {}
      }
      untold.count = mp_sim_untold_errors(mp_sim_current())
    }
    #expect(report.passed)
    // In a build without optimisation each is told; an optimiser may leave typed ones out.
    #expect(untold.count >= 100 && untold.count <= 200)
  }

  @Test func `errors outside are told as before`() throws {
    _ = Simulation.run(seed: 1) {}
    let error = #expect(throws: Untyped.self) { try Self.throwUntyped() }
    #expect(error != nil)
  }

  /// Safe to share: it is read when the simulation has ended.
  private final class Mailbox: @unchecked Sendable {
    var count: UInt64 = 0
  }
}
