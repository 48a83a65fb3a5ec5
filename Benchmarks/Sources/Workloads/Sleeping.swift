//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Workload {
  /// 1,000 tasks, each of which sleeps 1,000 times with `Task.sleep(for:)`; the main task joins
  /// all.
  ///
  /// Source: peers.md, workload a (`timers 1000 1000`): each sleep lasts an integer number of
  /// milliseconds, uniform in 1...100, drawn from the simulation's seeded generator, seed 42.
  /// Making the tasks is included.
  ///
  /// On the stock executor the sleeps are real, the generator is `SplitMix64(42)`, and each task
  /// sleeps 10 times; that is processor time per sleep and no comparison.
  static let taskSleep = Workload(
    "sleep-task", per: "sleep", count: 1_000_000, stockCount: 10_000, granularity: 1_000
  ) { count in
    await sleepers(count) { task, times in
      var generator = SplitMix64(state: 42 &+ task)
      for _ in 0..<times {
        try? await Task.sleep(for: .milliseconds(Int.random(in: 1...100, using: &generator)))
      }
    }
  }

  /// The same with the simulation's own clock, which needs no extra task for each sleep. Exists
  /// only in a simulation.
  static let clockSleep = Workload(
    "sleep-clock", per: "sleep", count: 1_000_000, granularity: 1_000, body: nil)
}

/// The shape of workload a, whatever draws the milliseconds and whatever sleeps: 1,000 tasks, and
/// the main task joins all. `body` is given the number of its task, and how many times to sleep.
public func sleepers(
  _ count: Int, body: @escaping @Sendable (_ task: UInt64, _ times: Int) async -> Void
) async {
  var tasks: [Task<Void, Never>] = []
  for task in 0..<1_000 as Range<UInt64> { tasks.append(Task { await body(task, count / 1_000) }) }
  for task in tasks { await task.value }
}

/// The stock side's generator: SplitMix64 (Steele, Lea, Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
