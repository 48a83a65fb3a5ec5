//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime

/// A scheduler of nothing: runnable jobs without a runtime behind them.
final class Ring {
  let ready = UnsafeMutablePointer<mp_ready>.allocate(capacity: 1)
  private(set) var step: UInt64 = 0

  init() { ready.initialize(to: mp_ready()) }

  deinit {
    mp_ready_free(ready)
    ready.deallocate()
  }

  var jobs: RunnableJobs { RunnableJobs(ready, step: step) }

  func add(_ task: UInt32, actor: UInt = 0, isMain: Bool = false) {
    mp_ready_append(ready)!.pointee = mp_ready_entry(
      job: nil, key: 0, resource: actor, task: task, node: 0,
      flags: isMain ? UInt16(MP_READY_MAIN) : 0)
  }

  /// Takes one job as the run loop does: the strategy is asked when there is a choice.
  func next(_ strategy: inout some SchedulingStrategy, _ decisions: DecisionStream) -> UInt32 {
    let index = jobs.count > 1 ? strategy.select(from: jobs, decisions: decisions) : 0
    precondition(jobs.indices.contains(index))
    step += 1
    return mp_ready_take(ready, UInt32(index)).task
  }
}

/// Runs tasks of so many jobs each to their end; returns the order in which the jobs ran.
///
/// - Parameter tasks: The number of jobs of each task, from task 1.
func run(
  _ strategy: some SchedulingStrategy, recipe: Recipe, tasks: [Int],
  actor: (UInt32) -> UInt = { _ in 0 }
) -> (order: [UInt32], decisions: UInt64, name: String) {
  withDecisions(recipe) { decisions in
    var strategy = strategy
    let (ring, stream) = (Ring(), decisions.stream(.scheduling))
    strategy.begin(StrategyContext(seed: recipe.seed, decisions: stream))
    var left = tasks
    for task in tasks.indices { ring.add(UInt32(task + 1), actor: actor(UInt32(task + 1))) }
    var order: [UInt32] = []
    while ring.jobs.count > 0 {
      let task = ring.next(&strategy, stream)
      order.append(task)
      left[Int(task) - 1] -= 1
      if left[Int(task) - 1] > 0 { ring.add(task, actor: actor(task)) }
    }
    return (order, decisions.count, strategy.description)
  }
}
