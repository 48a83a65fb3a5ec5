//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

@Suite struct PCTTests {
  @Test func `a task that polls lets the others go on`() {
    var options = SimulationOptions()
    options.jobLimit = 50_000
    for changePoints in 0...3 {
      options.strategy = .pct(changePoints: changePoints)
      for seed in UInt64(0)..<20 {
        let report = Simulation.run(seed: seed, options: options) {
          let pollers = (0..<3).map { _ in
            Task { while !Task.isCancelled { await Task.yield() } }
          }
          try await Task.sleep(for: .milliseconds(1))
          for poller in pollers { poller.cancel() }
        }
        #expect(report.passed, "\(report.line)")
      }
    }
  }

  /// How many of many seeds give an order that is wanted.
  func share(
    _ strategy: some SchedulingStrategy, tasks: [Int], of seeds: UInt64 = 2_000,
    _ isWanted: ([UInt32]) -> Bool
  ) -> Double {
    let hits = (0..<seeds).count {
      isWanted(run(strategy, recipe: Recipe(seed: $0), tasks: tasks).order)
    }
    return Double(hits) / Double(seeds)
  }

  @Test func depthOneNeedsNoChange() {
    // One ordering: all of task 3 before the first job of task 1. At least 1 / n.
    let found = share(PCT(changePoints: 0), tasks: [5, 5, 5]) { order in
      order.lastIndex(of: 3)! < order.firstIndex(of: 1)!
    }
    #expect(found > 1.0 / 3)
    let uniform = share(UniformRandom(), tasks: [5, 5, 5]) { order in
      order.lastIndex(of: 3)! < order.firstIndex(of: 1)!
    }
    #expect(uniform < 0.05)
  }

  @Test func depthTwoKeepsTheBound() {
    // Two orderings: task 1 begins, all of task 2 runs, task 1 goes on. At least 1 / (n * k), and
    // here exactly that: task 1 is first, and the second of k choices is where it falls.
    let (tasks, k) = (10, 12)
    let isWanted = { (order: [UInt32]) -> Bool in
      let first = order.indices.filter { order[$0] == 1 }
      let second = order.indices.filter { order[$0] == 2 }
      return first[0] < second.first! && second.last! < first[1]
    }
    let found = share(
      PCT(changePoints: 1, steps: UInt64(k)), tasks: [2, tasks], isWanted)
    let bound = 1.0 / Double(2 * k)
    let deviation = (bound * (1 - bound) / 2_000).squareRoot()
    #expect(abs(found - bound) < 3 * deviation)
    #expect(share(PCT(changePoints: 0), tasks: [2, tasks], of: 200, isWanted) == 0)
    // What uniform choice gives: 2^-10 at most.
    #expect(share(UniformRandom(), tasks: [2, tasks], isWanted) < found / 5)
  }

  @Test func depthThreeNeedsTwoChanges() {
    // 1, then 2, then 1, then 2 with two tasks: A1 < B1, B1 < A2 and A2 < B2.
    let isWanted = { (order: [UInt32]) -> Bool in order == [1, 2, 1, 2] }
    let found = share(PCT(changePoints: 2, steps: 3), tasks: [2, 2], isWanted)
    #expect(found > 1.0 / (2 * 3 * 3))
    #expect(share(PCT(changePoints: 0), tasks: [2, 2], of: 200, isWanted) == 0)
  }

  @Test func aTaskKeepsItsPriority() {
    // One decision for each task and the parameters: the exponent, the mantissa, one change.
    let result = run(PCT(changePoints: 1), recipe: 7, tasks: [9, 9, 9])
    #expect(result.decisions == 3 + 3)
    #expect(run(PCT(changePoints: 0, steps: 10), recipe: 7, tasks: [9, 9, 9]).decisions == 3)
  }

  @Test func theStepCountIsDrawnOverItsRange() {
    var small = 0
    for seed in 0..<300 as Range<UInt64> {
      let name = run(PCT(changePoints: 1), recipe: Recipe(seed: seed), tasks: [1]).name
      let digits = name.split(separator: " ").last!.dropLast()
      let steps = UInt64(digits)!
      #expect((8..<32_768).contains(steps))
      if steps < 1_024 { small += 1 }
    }
    // Seven of twelve exponents.
    #expect((140...210).contains(small))
  }

  @Test func changesAreSpreadOverAllSteps() {
    // With k steps and k changes every step is a change.
    for seed in 0..<50 as Range<UInt64> {
      let result = run(PCT(changePoints: 5, steps: 5), recipe: Recipe(seed: seed), tasks: [3, 3])
      #expect(result.decisions == 5 + 2)
      #expect(result.order.count == 6)
    }
    // The first task falls before its first job in one of k runs.
    let fallsFirst = share(PCT(changePoints: 1, steps: 8), tasks: [9, 9]) { order in
      // One change over eight: the order has one switch, at the place of the change.
      order.prefix(4).allSatisfy { $0 == order[0] }
    }
    #expect((0.56...0.69).contains(fallsFirst), "5 of 8 places: \(fallsFirst)")
  }
}
