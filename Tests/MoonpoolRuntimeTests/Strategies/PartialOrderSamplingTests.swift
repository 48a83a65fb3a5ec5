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

@Suite struct PartialOrderSamplingTests {
  /// The priorities of all runnable jobs by task.
  func keys(_ ring: Ring) -> [UInt32: UInt64] {
    Dictionary(uniqueKeysWithValues: ring.jobs.map { ($0.task, $0.key) })
  }

  @Test func onlyRacingJobsDrawAgain() {
    withDecisions(7) { decisions in
      let (ring, stream) = (Ring(), decisions.stream(.scheduling))
      var strategy = PartialOrderSampling()
      strategy.begin(StrategyContext(seed: 7, decisions: stream))
      for task in 1...3 as ClosedRange<UInt32> { ring.add(task, actor: 0xa) }
      for task in 4...6 as ClosedRange<UInt32> { ring.add(task, actor: 0xb) }
      for task in 7...9 as ClosedRange<UInt32> { ring.add(task) }
      for task in 10...12 as ClosedRange<UInt32> { ring.add(task, isMain: true) }
      func group(_ task: UInt32) -> UInt32 { (task - 1) / 3 }
      var (last, seen): (UInt32?, [UInt32: UInt64]) = (nil, [:])
      while ring.jobs.count > 1 {
        let before = decisions.count
        // Look at the keys between the choice and the taking of the job.
        let chosen = strategy.select(from: ring.jobs, decisions: stream)
        let now = keys(ring)
        var redrawn: UInt64 = 0
        for job in ring.jobs {
          guard let old = seen[job.task] else { continue }
          let races = last.map { group($0) == group(job.task) && group($0) != 2 } ?? false
          #expect((now[job.task] != old) == races, "task \(job.task) after \(last ?? 0)")
          if races { redrawn += 1 }
        }
        #expect(decisions.count - before == (last == nil ? 12 : redrawn))
        #expect(ring.jobs[chosen].key == now.values.max())
        (last, seen) = (ring.jobs[chosen].task, now)
        _ = mp_ready_take(ring.ready, UInt32(chosen))
      }
    }
  }

  @Test func aNewJobOfATaskDrawsAgain() {
    // Two tasks of one actor: each choice draws for the newcomer and for the one left behind.
    let result = run(PartialOrderSampling(), recipe: 7, tasks: [50, 50]) { _ in 0xa }
    let alone = result.order.reversed().prefix { $0 == result.order.last }.count
    let choices = 100 - alone
    #expect(result.decisions == UInt64(2 * choices))
  }
}
