//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Synchronization

/// Checks, before the first run of a process, that the Swift runtime is what Moonpool was built
/// against.
///
/// Attribution, kills and reports read private layouts of the runtime. A small simulation uses each
/// of them and compares what it sees with what it knows. On a mismatch every run is refused with
/// one line that says which; it is never attempted with wrong offsets and silent.
enum SelfTest {
  /// Why runs are refused in this process; nil if all is well.
  static let refusal: String? = {
    let failures = run()
    if failures.isEmpty { return nil }
    return "this Swift runtime is not the one that Moonpool was built for (6.3): "
      + failures.joined(separator: ", ")
  }()

  /// What cannot be had in this build, although runs are possible.
  static let limitations: [String] = {
    _ = refusal
    var all: [String] = []
    if !mp_births_are_seen() {
      all.append(
        "task creation is not seen (static standard library): tasks that are made on an actor "
          + "shared by nodes belong to the node that runs there, and each job draws whether "
          + "actor calls are scheduling points"
      )
    }
    if mp_dispatch_guard_slots() == 0 {
      all.append("calls of Dispatch are seen only where they reach libc (static standard library)")
    }
    if !mp_hashing_is_deterministic() {
      all.append("Set and Dictionary order differs from process to process")
    }
    return all
  }()

  private static func run() -> [String] {
    let failures = Failures()
    let report = runOnce {
      await Probe(failures).all()
      failures.finished()
    }
    failures.note("the probe ended early (\(report.verdict.summary))", unless: failures.isFinished)
    return failures.all
  }

  private static func runOnce(_ body: @escaping Simulation.Body) -> RunReport {
    var options = SimulationOptions()
    options.leaks = .ignore
    options.settleTime = .zero
    let bench = SimulationBench.take()
    let run = SimulationRun(Recipe(seed: 1), options: options, on: bench)
    let done = Completion()
    run.start(body)
    SimulationHost.start(run) { _ in done.signal() }
    done.wait()
    bench.giveBack()
    return run.report!
  }

  /// What did not hold, in order.
  final class Failures: Sendable {
    private let state = Mutex<(failures: [String], finished: Bool)>(([], false))

    func note(_ failure: String, unless holds: Bool) {
      if !holds { state.withLock { $0.failures.append(failure) } }
    }
    func finished() { state.withLock { $0.finished = true } }
    var isFinished: Bool { state.withLock { $0.finished } }
    var all: [String] { state.withLock { $0.failures } }
  }
}

/// The small simulation.
private struct Probe: Sendable {
  let failures: SelfTest.Failures

  init(_ failures: SelfTest.Failures) { self.failures = failures }

  private func check(_ holds: Bool, _ what: String) { failures.note(what, unless: holds) }

  func all() async {
    await executors()
    await attribution()
    await inspection()
    await cancellation()
    await kill()
  }

  /// Yields, sleeps and the main actor arrive here, and time is virtual.
  private func executors() async {
    await Task.yield()
    check(mp_sim_current() != nil, "Task.yield leaves the simulation")
    // tidy:allow(ambient) that this very clock is virtual is what is tested
    let clock = ContinuousClock()
    let before = clock.now
    try? await clock.sleep(for: .seconds(1000))
    check(mp_sim_current() != nil, "Task.sleep leaves the simulation")
    let slept = clock.now - before
    check(slept >= .seconds(1000) && slept < .seconds(1001), "ContinuousClock is not virtual")
    await MainActor.run { check(mp_sim_current() != nil, "the main actor leaves the simulation") }
    let child = await withTaskGroup(of: Bool.self) { group in
      group.addTask { mp_sim_current() != nil }
      return await group.next() ?? false
    }
    check(child, "task groups leave the simulation")
    check(
      await Task.detached { mp_sim_current() != nil }.value, "Task.detached leaves the simulation")
  }

  private actor Shared {
    var entries = 0
    func enter() async -> Int? {
      entries += 1
      await Task.yield()
      return SimulatedNode.current?.number
    }
  }

  /// Every task knows its node, also inside an actor that others use.
  private func attribution() async {
    let shared = Shared()
    let node = Simulation.node(named: "self-test")
    let expected = node.number
    async let there = node.run { await shared.enter() }.value
    async let here = shared.enter()
    check((try? await there) == expected, "Job.Reserved does not keep a task's node")
    check(await here == 0, "an actor that two nodes share mixes them up")
    check(
      (try? await node.run { await Task.detached { SimulatedNode.current?.number }.value }.value)
        == expected, "a detached task does not inherit its node")
    await settle()
    check(node.liveTaskCount == 0, "destroyed tasks are not noticed")
    node.kill()
  }

  /// Names, what a task waits for, and whether it is done.
  private func inspection() async {
    let node = Simulation.node(named: "self-test")
    let waiting = node.run("waiting") {
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
    let awaiting = node.run("awaiting") { try await waiting.value }
    let finished = node.run("finished") {}
    await settle()
    let views = node.taskViews
    let first = views.first { $0.name.map { String(cString: $0) } == "waiting" }
    let second = views.first { $0.name.map { String(cString: $0) } == "awaiting" }
    // A finished task has given its name back.
    let third = views.first { $0.number != first?.number && $0.number != second?.number }
    check(first?.waits == Int32(MP_WAITS_CONTINUATION), "what a task waits for cannot be read")
    check(second?.waits == Int32(MP_WAITS_TASK), "that a task awaits another cannot be read")
    check(second?.target == first?.number, "which task is awaited cannot be read")
    check(third?.is_complete == true && first?.is_complete == false, "completion cannot be read")
    node.kill()
    withExtendedLifetime((awaiting, finished)) {}
  }

  /// A cancelled wait ends at once, and so do the handlers around it.
  private func cancellation() async {
    let handled = Mutex(0)
    let clock = SimulationClock()
    let sleeping = Task {
      try await withTaskCancellationHandler {
        try await clock.sleep(for: .seconds(1000))
      } onCancel: {
        handled.withLock { $0 += 1 }
      }
    }
    await settle()
    let before = clock.now
    sleeping.cancel()
    let result = await sleeping.result
    let wasCancelled = if case .failure(is CancellationError) = result { true } else { false }
    check(
      wasCancelled && before.duration(to: clock.now) < .seconds(1),
      "a cancelled task goes on waiting")
    check(handled.withLock { $0 } == 1, "cancellation handlers around a wait are not called")
  }

  /// A killed task stays where it is, wherever it is resumed from.
  private func kill() async {
    let node = Simulation.node(named: "self-test")
    final class Held: Sendable {
      let continuation = Mutex<UnsafeContinuation<Void, Never>?>(nil)
      let ran = Mutex(false)
    }
    let held = Held()
    node.run {
      await withUnsafeContinuation { continuation in
        held.continuation.withLock { $0 = continuation }
      }
      held.ran.withLock { $0 = true }
    }
    await settle()
    node.kill()
    held.continuation.withLock { $0 }?.resume()
    await settle()
    check(!held.ran.withLock { $0 }, "killed tasks go on")
  }

  /// Lets everything runnable run.
  private func settle() async { try? await SimulationClock().sleep(for: .milliseconds(10)) }
}
