//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolAssertions
import Synchronization

/// The memory of a simulation, used for one run after the other.
///
/// What a run allocates (tables, rings, heaps, streams) is kept for the next, so that an empty run
/// costs microseconds and a long one does not grow the heap seed by seed.
final class SimulationBench: @unchecked Sendable {
  let simulation: UnsafeMutablePointer<mp_sim>
  let decisions: Decisions
  /// For runs of which nobody wants the sum.
  let assertions = AssertionTable()

  init() {
    AssertionHook.install(SimulatedAssertions())
    simulation = mp_sim_create()
    decisions = Decisions()
  }

  deinit {
    mp_sim_destroy(simulation)
    decisions.destroy()
  }

  private static let idle = IdleBenches()

  /// A bench that nobody uses.
  static func take() -> SimulationBench { idle.take() ?? SimulationBench() }

  /// Gives the bench to the next who needs one.
  func giveBack() { Self.idle.put(self) }
}

/// The benches that nobody uses. Which one a run gets makes no difference to the run.
private final class IdleBenches: Sendable {
  private let benches = Mutex<[SimulationBench]>([])

  func take() -> SimulationBench? { benches.withLock { $0.popLast() } }
  func put(_ bench: SimulationBench) { benches.withLock { $0.append(bench) } }
}
