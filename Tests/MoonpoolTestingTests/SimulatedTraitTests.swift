//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolTesting
import Synchronization
import Testing

/// The trait where everything goes well.
@Suite struct SimulatedTraitTests {
  static let runs = Atomic(0)

  @Test(.simulated(seeds: 10)) func theBodyIsSimulated() async throws {
    #expect(Simulation.isRunning)
    let start = ContinuousClock.now
    try await Task.sleep(for: .seconds(3600 - 1))
    #expect(ContinuousClock.now - start >= .seconds(3599))
  }

  @Test(.simulated(seeds: 5)) @MainActor func onTheMainActor() async {
    MainActor.assertIsolated()
    await Task.yield()
    MainActor.assertIsolated()
    #expect(Simulation.isRunning)
  }

  @Test(.simulated(seeds: 5)) func confirmationsWork() async {
    await confirmation(expectedCount: 2) { confirm in
      async let a: Void = confirm()
      async let b: Void = confirm()
      _ = await (a, b)
    }
  }
}

/// A trait of the suite, and a test that has its own.
@Suite(.simulated(seeds: 3)) struct SimulatedSuiteTests {
  static let inherited = Mutex<[UInt64]>([])
  static let own = Mutex<[UInt64]>([])

  @Test func inheritsTheSeedsOfItsSuite() async {
    #expect(Simulation.isRunning)
    let seed = Simulation.recipe!.seed
    Self.inherited.withLock { $0.append(seed) }
    if seed == 3 { #expect(Self.inherited.withLock { $0 } == [1, 1, 2, 3]) }
  }

  @Test(.simulated(seeds: Seeds(70...71), checksDeterminism: false))
  func itsOwnTraitTakesPrecedence() async {
    let seed = Simulation.recipe!.seed
    Self.own.withLock { $0.append(seed) }
    if seed == 71 { #expect(Self.own.withLock { $0 } == [70, 71]) }
  }
}

/// A global actor that several tests use, as those of an ordinary program do.
@globalActor actor Ledger {
  static let shared = Ledger()
}

@Ledger private var entries = 0

@Ledger private func enter() async {
  entries += 1
  await Task.yield()
}

/// Swift Testing runs these side by side; the simulations take turns, so that the actor's queue
/// never holds jobs of two of them.
@Suite struct SharedGlobalActorTests {
  @Test(.simulated(seeds: 60), arguments: 1...8) func takesItsTurn(_ number: Int) async {
    await withDiscardingTaskGroup { group in
      for _ in 0..<10 {
        group.addTask { await enter() }
      }
    }
    #expect(Simulation.isRunning)
  }
}
