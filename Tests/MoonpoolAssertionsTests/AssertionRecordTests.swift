//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime
import Synchronization
import Testing

/// What becomes of counts when series of runs are put together, and of assertions in production.
@Suite struct AssertionRecordTests {
  private func records(_ numbers: Range<UInt64>) -> [AssertionRecord] {
    let series = CountedSeries(from: numbers.lowerBound)
    Simulation.run(
      numbers.map { Recipe(seed: $0) }, counting: series.table, each: { _ in true },
      {
        let seed = Int(Simulation.recipe!.seed)
        assertSometimes(seed > 5, "late")
        assertAlways(seed, isLessThan: 100, "small")
        assertSometimes(100 - seed, isLessThan: 0, "negative")
        assertSometimesAll("both", ["a": seed % 3 == 0, "b": seed % 3 == 1, "c": seed % 5 == 1])
        assertSometimesEach("rest", ["of 4": seed % 4], quality: [seed])
      })
    return series.totals
  }

  @Test func partsAddUpToTheWholeInAnyOrder() throws {
    let whole = records(0..<20)
    let parts = [records(0..<7), records(7..<12), records(12..<20)]
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
      var sum = parts[order[0]]
      for part in order.dropFirst() {
        for index in sum.indices { sum[index].add(parts[part][index]) }
      }
      #expect(sum == whole)
    }
    #expect(try #require(whole.first { $0.site.message == "late" }).firstPass == 6)
  }

  @Test func whatWasCountedOfARunThatDidNotEndIsForgotten() {
    let series = CountedSeries()
    series.table.beginRun()
    series.table.beginRun()
    #expect(series.table.currentRun.isEmpty && series.totals.isEmpty)
  }

  @Test func whatATrappedEvaluationSawIsForgotten() throws {
    let series = CountedSeries()
    Simulation.run(
      (0..<2).map { Recipe(seed: $0) }, counting: series.table, each: { _ in true },
      {
        let isFirst = Simulation.recipe!.seed == 0
        let trap: () -> String = { fatalError("the words for it trap") }
        assertAlways(isFirst ? 5 : 1, isLessThan: 2, "small", isFirst ? trap() : "")
      })
    let record = try #require(series.totals.first)
    #expect(record.passes == 1 && record.fails == 0 && record.best == 1)
  }

  @Test func qualitiesOfEarlierRunsAreNoMeasure() throws {
    let series = CountedSeries()
    Simulation.run(
      (0..<2).map { Recipe(seed: $0) }, counting: series.table, each: { _ in true },
      {
        let all = Simulation.recipe!.seed == 0 ? [[1, 5]] : [[1], [1, 3]]
        for quality in all { assertSometimesEach("room", ["x": 1], quality: quality, line: 1) }
      })
    #expect(series.buckets.map { $0[0].quality } == [[1, 5], [1, 3]])
    #expect(series.totals.first?.buckets.first?.quality == [1, 5])
    // A shorter one may be better in front; then nothing is left of the longer one.
    Simulation.run(
      CollectionOfOne(Recipe(seed: 2)), counting: series.table, each: { _ in true },
      { assertSometimesEach("room", ["x": 1], quality: [2], line: 1) })
    #expect(series.totals.first?.buckets.first?.quality == [2])
  }

  @Test func oneLetterIsAMessage() {
    let series = CountedSeries()
    Simulation.run(
      CollectionOfOne(Recipe(seed: 0)), counting: series.table, each: { _ in true },
      {
        assertReachable("x", line: 1)
        assertSometimesAll("y", ["z": true], line: 2)
        assertReachable("", line: 3)
      })
    #expect(series.totals.map(\.site.message) == ["x", "y", ""])
  }

  private final class Listener: AssertionObserver {
    let heard = Mutex<[String]>([])

    func observed(_ assertion: AssertionSite, holds: Bool, detail: String) {
      // Other tests of this process evaluate assertions outside of simulations as well.
      guard assertion.file == "Shop/Store.swift" else { return }
      heard.withLock { $0.append("\(assertion) \(holds) \(detail)") }
    }
  }

  @Test func inProductionAnObserverHears() {
    let listener = Listener()
    Assertions.observe(listener)
    assertAlways(true, "stored", "unused", file: "Shop/Store.swift", line: 1)
    assertAlways(false, "stored", "lost 3", file: "Shop/Store.swift", line: 1)
    assertSometimes(4, isGreaterThan: 5, "full", file: "Shop/Store.swift", line: 2)
    assertSometimesAll("worst", ["x": true], file: "Shop/Store.swift", line: 3)
    assertSometimesEach("room", ["x": 1], file: "Shop/Store.swift", line: 4)
    // What is left over when a simulation is over is not production.
    _ = Simulation.run(seed: 1) {
      Task {
        try? await SimulationClock().sleep(for: .seconds(1 << 30))
        assertUnreachable("after the verdict", file: "Shop/Store.swift", line: 5)
      }
    }
    #expect(
      listener.heard.withLock(\.self) == [
        "always \"stored\" (Shop/Store.swift:1) true ",
        "always \"stored\" (Shop/Store.swift:1) false lost 3",
        "sometimesGreaterThan \"full\" (Shop/Store.swift:2) false 4 against 5",
        "sometimesAll \"worst\" (Shop/Store.swift:3) true ",
        "sometimesEach \"room\" (Shop/Store.swift:4) true ",
      ])
  }
}
