//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore
import MoonpoolRuntime

/// A node's clocks in a simulation.
struct SimulatedTime: TimeProvider {
  let world: World
  let clock: MachineClock

  var now: Duration { Duration(nanoseconds: clock.monotonic(at: world.now)) }

  var wallTime: Duration { Duration(nanoseconds: clock.wall(at: world.now)) }

  nonisolated(nonsending) func sleep(until deadline: Duration, tolerance: Duration?) async throws {
    guard let waiter = mp_waiter_begin(world.simulation) else { throw CancellationError() }
    mp_waiter_use_node_clock(waiter)
    let instant = min(
      clock.instant(of: deadline.clampedNanoseconds, from: world.now), .max - 1)
    await waiter.wait(until: instant, tolerance: tolerance?.clampedNanoseconds ?? 0)
    if mp_waiter_end(waiter) == MP_WAIT_CANCELLED { throw CancellationError() }
  }
}

/// Tasks of a node in a simulation: a task belongs to the node whose code makes it.
struct SimulatedTasks: TaskProvider {
  func spawn(
    _ name: String, _ body: @escaping @Sendable () async throws -> Void
  ) -> Task<Void, any Error> {
    Task(name: name, operation: body)
  }

  nonisolated(nonsending) func yield() async { await Task.yield() }
}

/// A node's random numbers in a simulation: a stream of its own, made at its first use.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedRandom: RandomProvider, @unchecked Sendable {
  private let key: String
  // No method here calls anything that could come back, so exclusivity needs no check at run time.
  @exclusivity(unchecked) private var made: DecisionStream?

  init(key: String) { self.key = key }

  private var decisions: DecisionStream {
    if let made { return made }
    let stream = Simulation.decisions(.node(key))
    made = stream
    return stream
  }

  func next() -> UInt64 { decisions.next() }
  func next(below bound: UInt64) -> UInt64 { decisions.uint64(below: bound) }
}
