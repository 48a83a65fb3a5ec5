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

@Suite struct RunnableJobsTests {
  @Test func theRingGrowsAndKeepsTheOrder() {
    let ring = Ring()
    var (added, taken): (UInt32, UInt32) = (0, 0)
    // The head stands anywhere in the ring when it grows.
    for burst in [50, 3, 100, 7, 1_000] as [UInt32] {
      for _ in 0..<burst {
        added += 1
        ring.add(added)
      }
      for _ in 0..<(burst / 2) {
        taken += 1
        #expect(mp_ready_take(ring.ready, 0).task == taken)
      }
      #expect(ring.jobs.map(\.task) == Array(taken + 1...added))
    }
    mp_ready_reset(ring.ready)
    #expect(ring.jobs.isEmpty)
    #expect(ring.jobs.newcomers.isEmpty)
  }

  @Test func newcomersAreTheLast() {
    let ring = Ring()
    for task in 1...3 as ClosedRange<UInt32> { ring.add(task) }
    #expect(ring.jobs.newcomers == 0..<3)
    _ = mp_ready_take(ring.ready, 2)
    #expect(ring.jobs.newcomers.isEmpty)
    ring.add(4)
    #expect(ring.jobs[ring.jobs.newcomers].map(\.task) == [4])
  }

  @Test func actorsAreComparedAndNothingElse() {
    let ring = Ring()
    ring.add(1, actor: 0xa)
    ring.add(2, actor: 0xa)
    ring.add(3, actor: 0xb)
    ring.add(4)
    ring.add(5)
    ring.add(6, isMain: true)
    ring.add(7, actor: 0xa, isMain: true)
    let jobs = ring.jobs
    #expect(jobs[0].sharesActor(with: jobs[1]))
    #expect(!jobs[0].sharesActor(with: jobs[2]))
    #expect(!jobs[3].sharesActor(with: jobs[4]))
    #expect(jobs[5].sharesActor(with: jobs[6]))
    #expect(!jobs[0].sharesActor(with: jobs[6]))
    #expect(jobs[5].isMain && !jobs[0].isMain)
    jobs[2].key = 9
    #expect(ring.jobs[2].key == 9)
  }
}
