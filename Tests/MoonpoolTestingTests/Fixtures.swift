//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolTesting
import Testing

/// Tests that are meant to fail. They run only in a process that `FailureOutputTests` starts.
private let enabled = ProcessInfo.processInfo.environment["MOONPOOL_FIXTURES"] == "1"

@Suite(.enabled(if: enabled)) struct Fixtures {
  actor Account {
    private(set) var balance = 100
    func withdraw(_ amount: Int) async {
      guard balance >= amount else { return }
      await Task.yield()
      balance -= amount
    }
  }

  @Test(.simulated(seeds: 500)) func overdrawn() async {
    let account = Account()
    await withDiscardingTaskGroup { group in
      for _ in 0..<2 { group.addTask { await account.withdraw(80) } }
    }
    #expect(await account.balance >= 0)
  }

  struct Boom: Error {}
  @Test(.simulated(seeds: 3)) func throwsAnError() async throws { throw Boom() }

  @Test(.simulated(seeds: 3)) func requires() async throws {
    let nothing: Int? = nil
    _ = try #require(nothing)
  }

  @Test(.simulated(seeds: 3)) func traps() async {
    fatalError("out of paper")
  }

  @Test(.simulated(seeds: 3)) func deadlocks() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }

  @Test(.simulated(seeds: 3)) func leaks() async {
    Task(name: "stray") { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
  }

  @Test(.simulated(seeds: 3, timeLimit: .seconds(2))) func takesTooLong() async throws {
    try await Task.sleep(for: .seconds(5))
  }

  @Test(.simulated(seeds: 3)) func startsAThread() async {
    Self.startThread()
  }

  /// A frame of its own: the optimiser makes one of a test and of what calls it.
  @inline(never) static func startThread() { Thread.detachNewThread {} }

  nonisolated(unsafe) static var leftover = 0
  @Test(.simulated(seeds: 3)) func dependsOnAGlobal() async {
    Fixtures.leftover += 1
    let stream = Simulation.random("dice")
    for _ in 0..<Swift.min(Fixtures.leftover, 2) { _ = stream.int(in: 1...6) }
  }

  @Test(.simulated(seeds: 3), arguments: [1, 2]) func parameterised(_ value: Int) async {
    await Task.yield()
    #expect(value == 1)
  }

  @Test(.simulated(seeds: 20)) func printsItsSeed() async {
    print("ran under seed \(Simulation.recipe!)")
  }
}
