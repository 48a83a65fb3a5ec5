//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MatrixRows
import MoonpoolRuntime
import Synchronization
import Testing

/// Several simulations at a time, beside real concurrency: nobody notices the others.
///
/// These tests run beside all others of the process, which Swift Testing starts in parallel.
@Suite struct CrossTalkTests {
  static let rounds = 3

  @Test func `four simulations in four threads beside real concurrency`() async {
    let expected = [UInt64(1), 2].map { Row.thousandTasks.run(seed: $0) }
    #expect(expected[0] != expected[1])
    async let real = Self.realWork()
    for _ in 0..<Self.rounds {
      let outcomes = await Self.inFourThreads { thread in
        Row.thousandTasks.run(seed: UInt64(thread % 2) + 1)
      }
      #expect(outcomes == [expected[0], expected[1], expected[0], expected[1]])
      #expect(outcomes.allSatisfy { $0.passed })
    }
    let (sum, simulated, late) = await real
    #expect(sum == (0..<2_000).reduce(0, +))
    #expect(simulated == 0)
    #expect(late == 0)
  }

  @Test func `simulations awaited by tasks of the pool`() async {
    let body = Row.thousandTasks.body
    let digests = await withTaskGroup(of: (Int, UInt64).self) { group in
      for i in 0..<8 {
        group.addTask {
          var options = SimulationOptions()
          options.trace = .digest
          let recipe = Recipe(seed: UInt64(i % 2))
          let report = await Simulation.run(recipe, options: options) { try await body(RowLog()) }
          return (i, report.passed ? report.digest : 0)
        }
      }
      return await group.reduce(into: [Int: UInt64]()) { $0[$1.0] = $1.1 }
    }
    #expect(Set(digests.values).count == 2)
    #expect((0..<8).allSatisfy { digests[$0] == digests[$0 % 2] && digests[$0] != 0 })
  }

  /// What is left is a job that neither enqueues nor draws anything on the other's thread.
  @Test func `simulations that share an actor hardly ever pass by mistake`() throws {
    let result = try Matrix.sharedActorElsewhere(runs: 500)
    #expect(result.wrong <= 5)
  }

  /// Ordinary tasks, actors, sleeps and the main actor; how many of them found themselves
  /// simulated, and how many sleeps were not real.
  private static func realWork() async -> (sum: Int, simulated: Int, late: Int) {
    let counter = Total()
    await withTaskGroup { group in
      for i in 0..<2_000 {
        group.addTask {
          if Simulation.isRunning { await counter.noteSimulated() }
          await Task.yield()
          if i % 100 == 0 {
            let start = ContinuousClock.now
            try? await Task.sleep(for: .milliseconds(20))
            if ContinuousClock.now - start < .milliseconds(20) { await counter.noteLate() }
          }
          if i % 50 == 0 {
            await MainActor.run {
              if Simulation.isRunning { Task { await counter.noteSimulated() } }
            }
          }
          await counter.add(i)
          if Simulation.isRunning { await counter.noteSimulated() }
        }
      }
    }
    return (await counter.sum, await counter.simulated, await counter.late)
  }

  private actor Total {
    private(set) var sum = 0
    private(set) var simulated = 0
    private(set) var late = 0
    func add(_ i: Int) { sum += i }
    func noteSimulated() { simulated += 1 }
    func noteLate() { late += 1 }
  }

  /// Runs `work` on four threads of their own and waits for all.
  private static func inFourThreads(
    _ work: @escaping @Sendable (Int) -> Outcome
  ) async -> [Outcome] {
    await withTaskGroup(of: (Int, Outcome).self) { group in
      for thread in 0..<4 {
        group.addTask {
          await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: (thread, work(thread))) }
          }
        }
      }
      var outcomes: [Int: Outcome] = [:]
      for await (thread, outcome) in group { outcomes[thread] = outcome }
      return (0..<4).compactMap { outcomes[$0] }
    }
  }
}
