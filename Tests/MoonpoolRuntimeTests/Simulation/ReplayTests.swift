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

/// Recipes and logs on real runs: what was recorded happens again, and what was edited happens
/// otherwise.
@Suite struct ReplayTests {
  /// Three tasks that race to write their numbers down.
  private static func race(_ order: Finish) -> Simulation.Body {
    {
      await withDiscardingTaskGroup { group in
        for number in 1...3 {
          group.addTask(name: "racer \(number)") {
            await Task.yield()
            order.append(number)
          }
        }
      }
    }
  }

  private func recorded(
    _ recipe: Recipe, following log: DecisionLog? = nil, mode: DecisionLog.Mode = .compare
  ) -> (order: [Int], report: RunReport) {
    var options = SimulationOptions()
    options.strategy = .uniform
    options.trace = .full
    options.recordsDecisions = true
    let order = Finish()
    let report = Simulation.run(
      recipe, options: options, following: log, mode: mode, Self.race(order))
    return (order.numbers, report)
  }

  /// Who came in, in order.
  private final class Finish: Sendable {
    private let list = Mutex<[Int]>([])
    func append(_ number: Int) { list.withLock { $0.append(number) } }
    var numbers: [Int] { list.withLock { $0 } }
  }

  @Test func theSameRecipeGivesTheSameTrace() {
    for seed in 1...50 as ClosedRange<UInt64> {
      let first = recorded(Recipe(seed: seed))
      let second = recorded(Recipe(seed: seed))
      #expect(first.order == second.order)
      #expect(first.report.trace?.text == second.report.trace?.text)
      #expect(first.report.digest == second.report.digest)
      #expect(first.report.fingerprint == second.report.fingerprint)
      #expect(first.report.decisions == second.report.decisions)
    }
  }

  @Test func seedsGiveDifferentOrders() {
    let orders = Set((1...100 as ClosedRange<UInt64>).map { recorded(Recipe(seed: $0)).order })
    #expect(orders.count == 6, "all orders of three tasks")
  }

  @Test func aLogIsReplayedUnderAnotherSeed() throws {
    let original = recorded(Recipe(seed: 3))
    let log = try DecisionLog(parsing: original.report.decisions!.text)
    for seed in 4...20 as ClosedRange<UInt64> {
      let replay = recorded(Recipe(seed: seed), following: log, mode: .strict)
      #expect(replay.report.passed, "\(replay.report.line)")
      #expect(replay.order == original.order)
      #expect(replay.report.trace?.events == original.report.trace?.events)
    }
  }

  @Test func aTruncatedLogGoesOnUnderTheSeed() {
    let original = recorded(Recipe(seed: 3))
    var log = original.report.decisions!
    log.truncate(to: 4)
    let same = recorded(Recipe(seed: 3), following: log, mode: .prefix)
    #expect(same.report.trace?.events == original.report.trace?.events)
    let orders = Set(
      (4...60 as ClosedRange<UInt64>).map {
        recorded(Recipe(seed: $0), following: log, mode: .prefix).order
      })
    #expect(orders.count > 1)
  }

  @Test func anEditedDecisionChangesTheRun() throws {
    let original = recorded(Recipe(seed: 3))
    let log = original.report.decisions!
    let scheduling = log.numbers(of: .scheduling)
    let orders = Set(
      scheduling.flatMap { number in
        (0..<log[number].bound).map { value in
          let edit = Recipe.Edit(number: UInt64(number), value: value)
          return recorded(Recipe(seed: 3, edits: [edit])).order
        }
      })
    #expect(orders.count > 1)
    #expect(orders.contains(original.order))
  }

  @Test func aBreakpointLeavesThePathOfTheSeed() {
    let original = recorded(Recipe(seed: 3))
    let there = recorded(Recipe(seed: 3, breakpoints: [.init(count: 5, seed: 99)]))
    let again = recorded(Recipe(seed: 3, breakpoints: [.init(count: 5, seed: 99)]))
    #expect(there.report.trace == again.report.trace)
    let (a, b) = (original.report.decisions!, there.report.decisions!)
    #expect(a.entries.prefix(5) == b.entries.prefix(5))
    #expect(a.entries != b.entries)
  }

  @Test func aScheduleIsReplayedByItsTasks() {
    let original = recorded(Recipe(seed: 5))
    var options = SimulationOptions()
    options.strategy = .replay(original.report.trace!.schedule)
    options.trace = .full
    options.hops = .always
    let order = Finish()
    let report = Simulation.run(seed: 900, options: options, Self.race(order))
    #expect(order.numbers == original.order)
    #expect(report.strategy.contains("0 misses"), "\(report.strategy)")
  }

  @Test func usersRandomNumbersComeFromTheirOwnStream() {
    func numbers(_ seed: UInt64, extra: Bool) -> [UInt64] {
      let box = Numbers()
      _ = Simulation.run(seed: seed) {
        var dice = Simulation.random("dice")
        if extra { _ = Simulation.random("other").next() }
        for _ in 0..<5 { box.append(UInt64.random(in: 1...6, using: &dice)) }
      }
      return box.all
    }
    #expect(numbers(1, extra: false) == numbers(1, extra: true), "streams do not shift each other")
    #expect(numbers(1, extra: false) != numbers(2, extra: false))
  }

  private final class Numbers: Sendable {
    private let list = Mutex<[UInt64]>([])
    func append(_ number: UInt64) { list.withLock { $0.append(number) } }
    var all: [UInt64] { list.withLock { $0 } }
  }
}
