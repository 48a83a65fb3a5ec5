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

/// Whatever kind of task code runs in, it knows its node.
@Suite struct AttributionTests {
  final class Tally: Sendable {
    let checks = Atomic<Int>(0)
    let wrong = Mutex<[String: Int]>([:])

    func check(_ expected: SimulatedNode, _ place: String) {
      guard !Simulation.isRunningOut else { return }
      checks.add(1, ordering: .relaxed)
      if SimulatedNode.current != expected { wrong.withLock { $0[place, default: 0] += 1 } }
    }
  }

  /// One actor for all nodes of a run.
  actor Meeting {
    func check(_ tally: Tally, _ node: SimulatedNode) { tally.check(node, "shared actor") }

    /// Makes tasks on the actor: some are queued there without passing any executor.
    func make(_ tally: Tally, _ node: SimulatedNode) async {
      let born = Task {
        tally.check(node, "born on a shared actor")
        await Task.yield()
        tally.check(node, "born on a shared actor, later")
        _ = self
      }
      async let child: Void = check(tally, node)
      await withTaskGroup { group in
        group.addTask { await self.check(tally, node) }
        group.addTask { tally.check(node, "group child born on a shared actor") }
      }
      await child
      await born.value
      tally.check(node, "shared actor, afterwards")
    }
  }

  actor Own {
    let tally: Tally
    let node: SimulatedNode
    init(_ tally: Tally, _ node: SimulatedNode) {
      self.tally = tally
      self.node = node
    }
    func check() async {
      tally.check(node, "own actor")
      await Task.yield()
      tally.check(node, "own actor, later")
    }
    isolated deinit { tally.check(node, "isolated deinit") }
  }

  struct Subject: Sendable {
    let tally: Tally
    let meeting: Meeting
    let node: SimulatedNode

    func check(_ place: String) { tally.check(node, place) }

    func everything() async throws {
      check("run")
      await structured()
      await unstructured()
      await meeting.check(tally, node)
      await meeting.make(tally, node)
      await Own(tally, node).check()
      await onMain()
      await streams()
      await cancellation()
      try await Task.sleep(for: .microseconds(5))
      check("after Task.sleep")
      try await Simulation.clock.sleep(for: .microseconds(5))
      check("after SimulationClock.sleep")
      await withUnsafeContinuation { continuation in Task { continuation.resume() } }
      check("after a continuation")
    }

    private func structured() async {
      async let child: Void = {
        check("async let")
        async let grandchild: Void = check("async let of an async let")
        await grandchild
      }()
      await withTaskGroup { group in
        group.addTask { check("group") }
        group.addTask { await Task { check("task in a group") }.value }
      }
      await child
    }

    private func unstructured() async {
      await Task {
        check("task")
        await Task.yield()
        check("task, later")
      }.value
      await Task.detached {
        check("detached")
        await Task.detached { check("detached in detached") }.value
      }.value
      await Task.immediate {
        check("immediate")
        await Task.yield()
        check("immediate, later")
      }.value
    }

    @MainActor private func onMain() async {
      check("main actor")
      await Task { check("task on the main actor") }.value
    }

    private func streams() async {
      let (stream, feed) = AsyncStream.makeStream(of: Int.self)
      feed.onTermination = { _ in check("onTermination") }
      Task {
        feed.yield(1)
        feed.finish()
      }
      for await _ in stream { check("stream element") }
    }

    private func cancellation() async {
      let sleeper = Task {
        await withTaskCancellationHandler {
          try? await Task.sleep(for: .seconds(1))
          check("after a cancelled sleep")
        } onCancel: {
          check("onCancel")
        }
      }
      await Task.yield()
      sleeper.cancel()
      await sleeper.value
    }
  }

  @Test(arguments: [HopDensity.never, .always, .fraction(0.5)])
  func everyKindOfTaskKnowsItsNode(hops: HopDensity) {
    let tally = Tally()
    var options = SimulationOptions()
    options.hops = hops
    for seed: UInt64 in 1...20 {
      let report = Simulation.run(seed: seed, options: options) {
        let meeting = Meeting()
        var running: [Task<Void, any Error>] = []
        for number in 0..<4 {
          let node = Simulation.node(named: "node \(number)")
          let subject = Subject(tally: tally, meeting: meeting, node: node)
          for _ in 0..<4 {
            running.append(node.run { for _ in 0..<3 { try await subject.everything() } })
          }
        }
        let root = Subject(tally: tally, meeting: meeting, node: SimulatedNode.current!)
        for _ in 0..<3 { try await root.everything() }
        for task in running { try await task.value }
      }
      #expect(report.passed, "\(report.line)")
    }
    let checks = tally.checks.load(ordering: .relaxed)
    #expect(checks > 20_000, "\(checks)")
    #expect(tally.wrong.withLock { $0 } == [:])
  }
}
