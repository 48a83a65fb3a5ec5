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
    await sleepers(count) { task in
      var generator = SplitMix64(state: 42 &+ task)
      return { Int.random(in: 1...100, using: &generator) }
    } sleep: {
      try? await Task.sleep(for: .milliseconds($0))
    }
  }

  /// The same with the simulation's own clock, which needs no extra task for each sleep. Exists
  /// only in a simulation.
  static let clockSleep = Workload(
    "sleep-clock", per: "sleep", count: 1_000_000, granularity: 1_000, body: nil)
}

/// The shape of workload a, whatever draws the milliseconds and whatever sleeps. `drawing` is given
/// the number of the task, in that task.
@inlinable
public func sleepers(
  _ count: Int, drawing: @escaping @Sendable (UInt64) -> () -> Int,
  sleep: @escaping @Sendable (_ milliseconds: Int) async -> Void
) async {
  var tasks: [Task<Void, Never>] = []
  for task in 0..<1_000 as Range<UInt64> {
    tasks.append(
      Task {
        let draw = drawing(task)
        for _ in 0..<count / 1_000 { await sleep(draw()) }
      })
  }
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
