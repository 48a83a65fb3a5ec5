//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

@Suite struct StrategyTests {
  /// All orders that a strategy gives over many seeds.
  func orders(_ strategy: some SchedulingStrategy, tasks: [Int], seeds: Int) -> Set<[UInt32]> {
    Set((0..<seeds).map { run(strategy, recipe: Recipe(seed: UInt64($0)), tasks: tasks).order })
  }

  @Test func everyRandomStrategyReachesAllPermutations() {
    let tasks = [1, 1, 1, 1]
    #expect(orders(UniformRandom(), tasks: tasks, seeds: 400).count == 24)
    #expect(orders(PCT(changePoints: 0), tasks: tasks, seeds: 400).count == 24)
    #expect(orders(PCT(changePoints: 3), tasks: tasks, seeds: 400).count == 24)
    #expect(orders(PartialOrderSampling(), tasks: tasks, seeds: 400).count == 24)
  }

  @Test func everyInterleavingIsReachedWhereThatIsPromised() {
    // Two tasks of three jobs: 6 choose 3.
    #expect(orders(UniformRandom(), tasks: [3, 3], seeds: 600).count == 20)
    #expect(orders(PartialOrderSampling(), tasks: [3, 3], seeds: 2_000).count == 20)
    #expect(orders(PCT(changePoints: 4, steps: 5), tasks: [3, 3], seeds: 2_000).count == 20)
    // Without a change, priorities are an order of tasks.
    #expect(orders(PCT(changePoints: 0), tasks: [3, 3], seeds: 200).count == 2)
  }

  @Test(arguments: StrategyChoice.rotation.indices)
  func equalSeedsGiveEqualSchedules(index: Int) {
    struct Run: StrategyVisitor {
      var recipe: Recipe
      func visit<Strategy: SchedulingStrategy>(_ strategy: Strategy) -> [UInt32] {
        run(strategy, recipe: recipe, tasks: [5, 3, 4, 2, 6]).order
      }
    }
    let choice = StrategyChoice.rotation[index]
    for seed in 0..<20 as Range<UInt64> {
      var first = Run(recipe: Recipe(seed: seed))
      var second = first
      #expect(choice.visit(seed: seed, &first) == choice.visit(seed: seed, &second))
    }
  }

  @Test func uniformMakesOneDecisionForEachChoice() {
    let result = run(UniformRandom(), recipe: 7, tasks: [4, 4])
    // The jobs of the task that is left alone are no choices.
    let alone = result.order.reversed().prefix { $0 == result.order.last }.count
    #expect(result.decisions == UInt64(8 - alone))
  }

  @Test func firstInFirstOutIsAQueue() {
    let result = run(FirstInFirstOut(), recipe: 7, tasks: [3, 1, 2])
    #expect(result.order == [1, 2, 3, 1, 3, 1])
    #expect(result.decisions == 0)
  }

  @Test func replayFollowsASchedule() {
    let wanted = run(UniformRandom(), recipe: 7, tasks: [4, 2, 5]).order
    let result = run(ReplaySchedule(wanted), recipe: 8, tasks: [4, 2, 5])
    #expect(result.order == wanted)
    #expect(result.decisions == 0)
    #expect(result.name == "replay(11 jobs, 0 misses)")
  }

  @Test func replayCountsWhatItMisses() {
    let result = run(ReplaySchedule([2, 9, 2]), recipe: 7, tasks: [2, 2, 1])
    // Task 9 does not exist, so the first of the queue runs; after the list it is a queue.
    #expect(result.order[0] == 2)
    #expect(result.order[2] == 2)
    #expect(result.order.count == 5)
    #expect(result.name == "replay(3 jobs, 1 misses)")
  }

  @Test func thePortfolioRotates() {
    for start in [0, 1, 12_345] as [UInt64] {
      let names = Set(
        (start..<start + 5).map { StrategyChoice.portfolio.resolved(seed: $0).description })
      #expect(names == Set(StrategyChoice.rotation.map(\.description)))
    }
    #expect(StrategyChoice.portfolio.resolved(seed: 0).description == "uniform")
    #expect(StrategyChoice.portfolio.resolved(seed: 8).description == "pct(changePoints: 3)")
    #expect(StrategyChoice.pos.resolved(seed: 4).description == "pos")
    #expect(StrategyChoice.custom(PCT(changePoints: 1)).description.hasPrefix("custom(pct("))
  }

  @Test func aBreakpointChangesWhatFollows() {
    for strategy in StrategyChoice.rotation.dropLast() {
      struct Run: StrategyVisitor {
        var recipe: Recipe
        func visit<Strategy: SchedulingStrategy>(_ strategy: Strategy) -> [UInt32] {
          run(strategy, recipe: recipe, tasks: [20, 20, 20, 20, 20, 20]).order
        }
      }
      // The first decisions are parameters of the strategy and the first priorities.
      let children = Set(
        (0..<20 as Range<UInt64>).map { child -> [UInt32] in
          let point = Breakpoints.Element(count: 8, seed: child)
          var visitor = Run(recipe: Recipe(seed: 7, breakpoints: [point]))
          return strategy.visit(seed: 7, &visitor)
        })
      #expect(children.count > 1, "\(strategy)")
    }
  }
}
