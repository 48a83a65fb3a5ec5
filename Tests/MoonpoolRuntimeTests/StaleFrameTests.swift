//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Glibc
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

  /// Takes what is free, and writes what is no address into it.
  private static func spoilTheHeap() {
    var blocks: [UnsafeMutableRawPointer] = []
    for size in stride(from: 64, through: 4_096, by: 16) {
      for _ in 0..<16 {
        guard let block = malloc(size) else { continue }
        memset(block, 0x41, size)
        blocks.append(block)
      }
    }
    for block in blocks { free(block) }
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
  func `a trap is named although the frames of its task are spoilt`(traps: NodeTrapPolicy) {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server", traps: traps)
      node.run("worker") {
        for _ in 0..<10 { use(await Self.descend(200)) }
        Self.spoilTheHeap()
        fatalError("out of paper")
      }
      try await Task.sleep(for: .seconds(1))
    }
    var crash = report.containedCrashes.first
    if case .crashed(let found) = report.verdict { crash = found }
    #expect(report.passed == (traps == .contain), "\(report.line)")
    #expect(crash?.message.contains(trapMessage("out of paper")) == true, "\(report.line)")
    #expect(crash?.task.description == "task #2 \"worker\" on server", "\(report.line)")
    #expect(crash?.frames.first?.contains("StaleFrameTests") == true, "\(crash?.frames ?? [])")
  }
}
