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

/// Life, stop, restart and contained traps of nodes.
@Suite struct NodeTests {
  struct Wrong: Error, CustomStringConvertible { var description: String }

  /// Throws out of a simulated body, where the test library must not be called.
  static func require(_ holds: Bool, _ what: String) throws {
    if !holds { throw Wrong(description: what) }
  }

  @Test func namesNumbersAndIncarnations() {
    let report = Simulation.run(seed: 1) {
      try Self.require(SimulatedNode.current?.name == "root", "root's name")
      let first = Simulation.node(named: "server")
      let second = first.restart()
      let third = second.restart()
      try Self.require(
        [first, second, third].map(\.name) == ["server", "server", "server"], "names")
      try Self.require([first, second, third].map(\.incarnation) == [0, 1, 2], "incarnations")
      try Self.require([first, second, third].map(\.number) == [1, 2, 3], "numbers")
      try Self.require([first, second, third].map(\.isAlive) == [false, false, true], "alive")
      try Self.require("\(first) \(third)" == "server server.2", "\(first) \(third)")
    }
    #expect(report.passed, "\(report.line)")
  }

  @Test func liveTasksAreCounted() {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server")
      var tasks: [Task<Void, any Error>] = []
      for _ in 0..<7 { tasks.append(node.run { try await Task.sleep(for: .seconds(1)) }) }
      try await Task.sleep(for: .milliseconds(1))
      try Self.require(node.liveTaskCount == 7, "\(node.liveTaskCount) of 7")
      for task in tasks { try await task.value }
      try Self.require(node.liveTaskCount == 0, "\(node.liveTaskCount) of 0")
      try Self.require(node.jobCount > 14, "\(node.jobCount) jobs")
    }
    #expect(report.passed, "\(report.line)")
  }

  @Test func deadNodeStartsNothing() {
    let ran = Counter()
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server")
      node.kill()
      node.run { if !Simulation.isRunningOut { ran.add() } }
      try await Task.sleep(for: .seconds(1))
    }
    #expect(report.passed, "\(report.line)")
    #expect(ran.count == 0)
  }

  @Test func cooperativeStop() {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server")
      let cleaned = Counter()
      node.run {
        try? await Task.sleep(for: .seconds(100))
        try? await Simulation.clock.sleep(until: Simulation.clock.now)  // throws: cancelled
        cleaned.add()
      }
      try await Task.sleep(for: .seconds(1))
      let before = Simulation.elapsed
      let finished = await node.stop(gracePeriod: .seconds(5))
      try Self.require(finished, "a task that obeys finishes")
      try Self.require(cleaned.count == 1, "it cleans up")
      try Self.require(Simulation.elapsed - before < .seconds(1), "and nobody waits for longer")
      try Self.require(!node.isAlive, "the node is dead")
    }
    #expect(report.passed, "\(report.line)")
  }

  @Test func stopKillsWhatIgnoresIt() {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "server")
      let steps = Counter()
      node.run {
        while true {
          await Task { try? await Task.sleep(for: .milliseconds(100)) }.value
          if !Simulation.isRunningOut { steps.add() }
          if Simulation.isRunningOut { return }
        }
      }
      try await Task.sleep(for: .seconds(1))
      let before = Simulation.elapsed
      let finished = await node.stop(gracePeriod: .seconds(5))
      let took = Simulation.elapsed - before
      try Self.require(!finished, "it has not finished")
      try Self.require(
        took >= .seconds(5) && took < .seconds(5.1), "killed at the deadline: \(took)")
      let seen = steps.count
      try await Task.sleep(for: .seconds(10))
      try Self.require(steps.count == seen, "nothing runs afterwards")
    }
    #expect(report.passed, "\(report.line)")
  }

  @Test func nodeKillsItself() {
    let after = Counter()
    let report = Simulation.run(seed: 1) {
      for _ in 0..<5 {
        let node = Simulation.node(named: "server")
        node.run {
          defer { if !Simulation.isRunningOut { after.add() } }
          SimulatedNode.current!.kill()
          after.add()
        }
        try await Task.sleep(for: .seconds(1))
        try Self.require(!node.isAlive, "dead")
      }
    }
    #expect(report.passed, "\(report.line)")
    #expect(after.count == 0)
  }

  @inline(never) static func overflowStack(_ depth: Int) -> Int {
    depth < 0 ? 0 : 1 + overflowStack(depth + 1) * 2
  }

  struct Trap: Sendable, CustomTestStringConvertible {
    let name: String
    let message: String
    let code: @Sendable () async -> Void
    var testDescription: String { name }
  }

  actor Shelf {
    var items = [1]
    func item(_ index: Int) -> Int { items[index] }
  }

  static let traps: [Trap] = [
    Trap(name: "fatalError", message: "out of paper") { fatalError("out of paper") },
    Trap(name: "index", message: trapMessage("Index out of range")) { use([1][Int("7")!]) },
    Trap(name: "nil", message: trapMessage("Unexpectedly found nil")) { use(Int("x")!) },
    Trap(name: "overflow", message: "trap without a message") { use(Int.max - Int("-1")!) },
    Trap(name: "actor", message: trapMessage("Index out of range")) { use(await Shelf().item(7)) },
    Trap(name: "group child", message: "in a child") {
      await withTaskGroup { $0.addTask { fatalError("in a child") } }
    },
    Trap(name: "stack overflow", message: "SIGSEGV") { use(overflowStack(1)) },
    Trap(name: "exit", message: "exit") { exit(3) },
    Trap(name: "abort", message: "SIGABRT") { abort() },
    Trap(name: "print", message: "in a description") { print(Undescribable()) },
  ]

  /// Traps while the standard library holds the lock of stdout.
  struct Undescribable: CustomStringConvertible {
    var description: String { fatalError("in a description") }
  }

  @Test(arguments: traps) func containedTrapKillsItsNodeOnly(trap: Trap) {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "fragile", traps: .contain)
      let witness = Counter()
      node.run { while true { try await Task.sleep(for: .milliseconds(1)) } }
      node.run { await trap.code() }
      try await Task.sleep(for: .seconds(1))
      try Self.require(!node.isAlive, "the node is dead")
      Task { witness.add() }
      try await Task.sleep(for: .seconds(1))
      try Self.require(witness.count == 1, "the run goes on")
    }
    #expect(report.passed, "\(report.line)")
    #expect(report.containedCrashes.count == 1)
    let crash = report.containedCrashes.first
    #expect(crash?.message.contains(trap.message) == true, "\(crash?.message ?? "none")")
    #expect(crash?.task.node == "fragile")
    #expect(crash?.frames.contains { $0.contains("NodeTests") } == true, "\(crash?.frames ?? [])")
  }

  @Test(arguments: traps) func trapFailsTheRunOtherwise(trap: Trap) {
    let report = Simulation.run(seed: 1) {
      Simulation.node(named: "fragile").run { await trap.code() }
      try await Task.sleep(for: .seconds(1))
    }
    guard case .crashed(let crash) = report.verdict else {
      Issue.record("\(report.line)")
      return
    }
    #expect(crash.message.contains(trap.message), "\(crash.message)")
    #expect(report.containedCrashes.isEmpty)
  }
}
