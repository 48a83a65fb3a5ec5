//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// Why the loop came back.
enum LoopPause {
  /// Somebody asked: `MP_STOP_…`.
  case stopped(Int32)
  /// Nothing can run and no timer is pending.
  case idle
  /// The next thing to happen lies behind the limit.
  case timeLimit
  /// Too many jobs without a timer in between.
  case jobLimit
}

/// The run loop behind one call, so that it can be specialised for its strategy.
protocol RunLoop: AnyObject {
  func run(until limit: UInt64, jobLimit: UInt64) -> LoopPause
  /// What the strategy calls itself, with what it drew.
  var strategyName: String { get }
}

/// Runs jobs, one after the other, in the order that the strategy chooses, and moves virtual time
/// when none is left.
///
/// The strategy lives in its own memory, not in the frame of `run`: a thread that is lost in the
/// middle of a job leaves its frames behind for ever, and the next one must find the strategy's
/// state.
final class StrategyLoop<Strategy: SchedulingStrategy>: RunLoop {
  private let simulation: UnsafeMutablePointer<mp_sim>
  private let strategy: UnsafeMutablePointer<Strategy>
  private let decisions: DecisionStream
  private let hopping: DecisionStream

  init(_ simulation: UnsafeMutablePointer<mp_sim>, _ strategy: consuming Strategy, seed: UInt64) {
    self.simulation = simulation
    self.strategy = .allocate(capacity: 1)
    self.strategy.initialize(to: strategy)
    self.decisions = DecisionStream(simulation.pointee.scheduling)
    self.hopping = DecisionStream(simulation.pointee.hopping)
    self.strategy.pointee.begin(StrategyContext(seed: seed, decisions: decisions))
  }

  var strategyName: String { strategy.pointee.description }

  deinit {
    strategy.deinitialize(count: 1)
    strategy.deallocate()
  }

  // Called through a table, and so compiled for any strategy: without these the strategy's choice
  // and the draw in it are calls through witnesses, for each job.
  @_specialize(where Strategy == UniformRandom)
  @_specialize(where Strategy == FirstInFirstOut)
  @_specialize(where Strategy == PCT)
  @_specialize(where Strategy == PartialOrderSampling)
  func run(until limit: UInt64, jobLimit: UInt64) -> LoopPause {
    let simulation = self.simulation
    let ready = mp_sim_ready(simulation)!
    // Where births are not seen, tasks cannot be given a preferred executor; then each job draws
    // whether it may switch actors inline.
    let drawsSwitching = !mp_births_are_seen() && simulation.pointee.hops > 0
    simulation.pointee.limit = limit
    while true {
      let stop = mp_sim_stop(simulation)
      if stop != MP_STOP_NONE { return .stopped(stop) }
      if simulation.pointee.next_timer <= simulation.pointee.now { mp_sim_fire_due(simulation) }
      let count = mp_ready_count(ready)
      if count == 0 {
        mp_sim_drain_foreign(simulation)
        if let onQuiet = simulation.pointee.on_quiet { onQuiet(simulation.pointee.world) }
        if mp_ready_count(ready) > 0 || mp_sim_stop(simulation) != MP_STOP_NONE { continue }
        switch mp_sim_advance(simulation) {
        case Int32(MP_ADVANCE_IDLE): return .idle
        case Int32(MP_ADVANCE_LIMIT): return .timeLimit
        default: continue
        }
      }
      if simulation.pointee.now > limit { return .timeLimit }
      if simulation.pointee.jobs &- simulation.pointee.jobs_at_event > jobLimit { return .jobLimit }
      let index = choose(ready, count)
      let switching = !drawsSwitching || hopping.decide(below: 1024) >= simulation.pointee.hops
      mp_sim_run_job(simulation, index, switching)
    }
  }

  @inline(__always)
  private func choose(_ ready: UnsafeMutablePointer<mp_ready>, _ count: UInt32) -> UInt32 {
    if count == 1 { return 0 }
    let runnable = RunnableJobs(ready, step: simulation.pointee.jobs)
    let index = strategy.pointee.select(from: runnable, decisions: decisions)
    if UInt(bitPattern: index) >= UInt(count) { trapNoJob(index, count) }
    return UInt32(truncatingIfNeeded: index)
  }

  // Not a precondition: in release those are silent.
  @inline(never)
  private func trapNoJob(_ index: Int, _ count: UInt32) -> Never {
    fatalError("the strategy \(strategyName) chose job \(index) of \(count); return 0..<count")
  }
}
