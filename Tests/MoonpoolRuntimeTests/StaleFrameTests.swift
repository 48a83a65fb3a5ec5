//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Synchronization
import Testing

/// A task that runs has no frames to show: what it has are those of its last suspension, whose
/// memory may serve something else by now.
@Suite struct StaleFrameTests {
  /// Suspends under many frames, whose memory is given back when they return.
  @inline(never)
  private static func descend(_ depth: Int) async -> Int {
    if depth == 0 {
      await Task.yield()
      return 0
    }
    let padding = (depth, depth &* 3, depth &* 5, depth &* 7)
    let below = await descend(depth - 1)
    return below &+ padding.0 &+ padding.3
  }

  /// Writes over the memory of those frames what is no address, without suspending.
  @inline(never)
  private static func cover(_ depth: Int) async -> UInt {
    var junk = InlineArray<64, UInt>(repeating: 0x4141_4141_4141_4141)
    if depth > 0 { junk[depth & 63] &= await cover(depth - 1) }
    return junk[depth & 63]
  }

  @Test func `a task that runs is shown without frames, and waits for nothing`() {
    let seen = Mutex<[WaitReport.WaitingTask]>([])
    let report = Simulation.run(seed: 1) {
      let sleeper = Task(name: "sleeper") { await Task { await Self.descend(10) }.value }
      use(await Self.descend(100))
      let tasks = Simulation.waitReport.tasks
      seen.withLock { $0 = tasks }
      use(await sleeper.value)
    }
    #expect(report.passed, "\(report.line)")
    let body = seen.withLock { $0.first { $0.task.name == "body" } }
    #expect(body?.waitsFor == .unknown)
    #expect(body?.frames == [])
  }

  @Test(arguments: [NodeTrapPolicy.failRun, .contain])
  func `a trap is named although the frames of its task are covered by others`(
    traps: NodeTrapPolicy
  ) {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server", traps: traps)
      node.run("worker") {
        use(await Self.descend(200))
        use(await Self.cover(100))
        fatalError("out of paper")
      }
      try await Task.sleep(for: .seconds(1))
    }
    var crash = report.containedCrashes.first
    if case .crashed(let found) = report.verdict { crash = found }
    #expect(report.passed == (traps == .contain), "\(report.line)")
    #expect(crash?.message.contains("out of paper") == true, "\(report.line)")
    #expect(crash?.task.description == "task #2 \"worker\" on server", "\(report.line)")
    #expect(crash?.frames.first?.contains("StaleFrameTests") == true, "\(crash?.frames ?? [])")
  }
}
