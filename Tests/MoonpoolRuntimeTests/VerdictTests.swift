//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc
import MoonpoolRuntime
import Testing

/// Every way in which a run can end badly, each brought about by a small program.
@Suite struct VerdictTests {
  struct Boom: Error, CustomStringConvertible { var description: String { "boom" } }

  @Test func thrownError() {
    let report = Simulation.run(seed: 1) { throw Boom() }
    guard case .threw(let error) = report.verdict else { return wrong(report) }
    #expect(error.description == "boom")
    #expect(report.line.hasPrefix("FAILED seed=1 — boom at sim_time="))
  }

  @Test func fatalErrorInTheBody() {
    let report = Simulation.run(seed: 1) { fatalError("the disk is on fire") }
    guard case .crashed(let crash) = report.verdict else { return wrong(report) }
    #expect(crash.message.contains("the disk is on fire"))
    #expect(crash.signal == "SIGILL" || crash.signal == "SIGTRAP")
    #expect(crash.frames.first?.contains("fatalErrorInTheBody") == true, "\(crash.frames)")
  }

  @Test func indexOutOfRangeInsideAnActor() {
    actor Shelf {
      var items = [1, 2]
      @inline(never) func item(_ index: Int) -> Int { items[index] }
    }
    let report = Simulation.run(seed: 1) { use(await Shelf().item(7)) }
    guard case .crashed(let crash) = report.verdict else { return wrong(report) }
    #expect(crash.message.contains(trapMessage("Index out of range")))
    #expect(crash.frames.contains { $0.contains("Shelf") }, "\(crash.frames)")
  }

  @Test func unwrappedNil() {
    let report = Simulation.run(seed: 1) {
      let nothing: Int? = Int("x")
      use(nothing!)
    }
    guard case .crashed(let crash) = report.verdict else { return wrong(report) }
    #expect(crash.message.contains(trapMessage("Unexpectedly found nil")))
  }

  @Test func arithmeticOverflow() {
    let report = Simulation.run(seed: 1) {
      var x = Int.max - Int(Simulation.random().uint64(below: 1))
      x += 1
      use(x)
    }
    guard case .crashed = report.verdict else { return wrong(report) }
  }

  @Test func stackOverflow() {
    @Sendable func deeper(_ n: Int) -> Int { n < 0 ? 0 : 1 + deeper(n + 1) * 2 }
    let report = Simulation.run(seed: 1) { use(deeper(1)) }
    guard case .crashed(let crash) = report.verdict else { return wrong(report) }
    #expect(
      crash.signal == "SIGSEGV" || crash.signal == "SIGILL" || crash.signal == "SIGTRAP", "\(crash)"
    )
  }

  @Test func deadlockNamesWhoWaitsForWhat() {
    let report = Simulation.run(seed: 1) {
      let forgotten = Task(name: "forgotten") {
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
      await withTaskGroup { group in
        group.addTask(name: "patient") { await forgotten.value }
      }
    }
    guard case .deadlocked(let waits) = report.verdict else { return wrong(report) }
    #expect(waits.tasks.count == 3, "\(waits)")
    #expect(waits.tasks.map(\.task.name) == ["body", "forgotten", "patient"])
    #expect(waits.tasks[0].waitsFor == .taskGroup)
    #expect(waits.tasks[1].waitsFor == .continuation)
    #expect(waits.tasks[2].waitsFor == .task(waits.tasks[1].task))
    #expect(
      waits.tasks[1].frames.first?.contains("deadlockNamesWhoWaitsForWhat") == true, "\(waits)")
  }

  @Test func endlessLoopWithoutSuspension() {
    var options = SimulationOptions()
    options.wallClockLimit = .milliseconds(200)
    let report = Simulation.run(seed: 1, options: options) {
      spinForEver()
    }
    guard case .hung(let hang) = report.verdict else { return wrong(report) }
    #expect(hang.frames.contains { $0.contains("endlessLoop") }, "\(hang.frames)")
  }

  @Test func livelock() {
    var options = SimulationOptions()
    options.jobLimit = 10_000
    let report = Simulation.run(seed: 1, options: options) { while true { await Task.yield() } }
    guard case .livelocked = report.verdict else { return wrong(report) }
  }

  @Test func virtualTimeLimit() {
    var options = SimulationOptions()
    options.timeLimit = .seconds(5)
    let report = Simulation.run(seed: 1, options: options) {
      while true { try await Task.sleep(for: .seconds(1)) }
    }
    guard case .timedOut = report.verdict else { return wrong(report) }
    #expect(report.virtualTime <= .seconds(5))
  }

  @Test func aCancelledSleepDoesNotHideADeadlock() {
    let report = Simulation.run(seed: 1) {
      let sleeper = Task { try? await Task.sleep(for: .seconds(7200)) }
      await Task.yield()
      sleeper.cancel()
      await sleeper.value
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
    guard case .deadlocked(let waits) = report.verdict else { return wrong(report) }
    #expect(waits.tasks.map(\.task.name) == ["body"])
    #expect(report.virtualTime < .seconds(1), "time does not run on to a timer that wakes nobody")
  }

  @Test func leakedTask() {
    let report = Simulation.run(seed: 1) {
      Task(name: "left behind") {
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
    }
    guard case .leaked(let waits) = report.verdict else { return wrong(report) }
    #expect(waits.tasks.map(\.task.name) == ["left behind"])
  }

  @Test func finishedTaskWhoseHandleIsHeldIsNoLeak() {
    final class Keeper: @unchecked Sendable { var task: Task<Void, Never>? }
    let keeper = Keeper()
    let report = Simulation.run(seed: 1) { keeper.task = Task { await Task.yield() } }
    #expect(report.passed, "\(report.line)")
    _ = keeper
  }

  @Test func deadlockNamesAsyncLetChildren() {
    let report = Simulation.run(seed: 1) {
      async let first: Void = never()
      async let second: Void = { await never() }()
      _ = await (first, second)
    }
    guard case .deadlocked(let waits) = report.verdict else { return wrong(report) }
    #expect(waits.tasks.map(\.task.number) == [1, 2, 3], "\(waits)")
    #expect(waits.tasks.dropFirst().allSatisfy { $0.waitsFor == .continuation }, "\(waits)")
    #expect(waits.tasks[1].frames.first?.contains("never()") == true, "\(waits)")
  }

  @Test func aSleepingTaskWaitsForATimer() {
    let report = Simulation.run(seed: 1) {
      Task { try await Task.sleep(for: .seconds(100)) }
      Task { try await Task.sleep(nanoseconds: 100_000_000_000) }
      Task { try await SuspendingClock().sleep(for: .seconds(100)) }
      Task { try await Simulation.clock.sleep(for: .seconds(100)) }
      Task { await never() }
    }
    guard case .leaked(let waits) = report.verdict else { return wrong(report) }
    #expect(
      waits.tasks.map(\.waitsFor) == [.timer, .timer, .timer, .timer, .continuation], "\(waits)")
  }

  @Test func aTaskOfAKilledNodeIsNamedWithItsNode() {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server")
      let reply = node.run("reply") { await never() }
      node.kill()
      try await reply.value
    }
    guard case .deadlocked(let waits) = report.verdict else { return wrong(report) }
    #expect(waits.description.contains("waits for task #2 \"reply\" on server"), "\(waits)")
  }

  @Test func anUncontrolledCallIsTracedToItsCaller() {
    let report = Simulation.run(seed: 1) { usleep(1) }
    guard case .uncontrolled(let incident) = report.verdict else { return wrong(report) }
    let caller = incident.frames.first
    #expect(caller?.contains("anUncontrolledCallIsTracedToItsCaller") == true, "\(incident)")
    #expect(!incident.frames.contains { $0.contains("fMp_") }, "no code of macros: \(incident)")
  }

  private func wrong(_ report: RunReport, at location: SourceLocation = #_sourceLocation) {
    Issue.record("\(report.line)", sourceLocation: location)
  }
}

/// Waits for what nobody resumes.
@inline(never)
private func never() async {
  await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
}
