//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime
import Testing

/// What runs count of each kind, and what fails them.
@Suite struct AssertionCountingTests {
  /// An assertion of each kind, with a condition of its own.
  struct Example: Sendable, CustomTestStringConvertible {
    var kind: AssertionKind
    /// Evaluates it with a condition that holds, or doesn't.
    var evaluate: @Sendable (_ holds: Bool) -> Void

    var testDescription: String { "\(kind)" }
  }

  static let examples = [
    Example(kind: .always) { assertAlways($0, "claim") },
    Example(kind: .alwaysOrUnreachable) { assertAlwaysOrUnreachable($0, "claim") },
    Example(kind: .sometimes) { assertSometimes($0, "claim") },
    Example(kind: .reachable) { if $0 { assertReachable("claim") } },
    Example(kind: .unreachable) { if !$0 { assertUnreachable("claim") } },
    Example(kind: .alwaysGreaterThan) { assertAlways($0 ? 3 : 2, isGreaterThan: 2, "claim") },
    Example(kind: .alwaysAtLeast) { assertAlways($0 ? 2 : 1, isAtLeast: 2, "claim") },
    Example(kind: .alwaysLessThan) { assertAlways($0 ? 1 : 2, isLessThan: 2, "claim") },
    Example(kind: .alwaysAtMost) { assertAlways($0 ? 2 : 3, isAtMost: 2, "claim") },
    Example(kind: .sometimesGreaterThan) { assertSometimes($0 ? 3 : 2, isGreaterThan: 2, "claim") },
    Example(kind: .sometimesAtLeast) { assertSometimes($0 ? 2 : 1, isAtLeast: 2, "claim") },
    Example(kind: .sometimesLessThan) { assertSometimes($0 ? 1 : 2, isLessThan: 2, "claim") },
    Example(kind: .sometimesAtMost) { assertSometimes($0 ? 2 : 3, isAtMost: 2, "claim") },
    Example(kind: .sometimesAll) { assertSometimesAll("claim", ["yes": true, "both": $0]) },
    Example(kind: .sometimesEach) { if $0 { assertSometimesEach("claim", ["key": 1]) } },
  ]

  @Test func everyKindHasAnExample() {
    #expect(Self.examples.map(\.kind) == AssertionKind.allCases)
  }

  /// Runs a body once for each seed, and says what its assertions add up to.
  private func totals(
    seeds: Int = 1, _ body: @escaping @Sendable (UInt64) -> Void
  ) -> (reports: [RunReport], records: [AssertionRecord]) {
    let series = CountedSeries()
    var reports: [RunReport] = []
    Simulation.run(
      (0..<UInt64(seeds)).map { Recipe(seed: $0) }, counting: series.table,
      each: {
        reports.append($0)
        return true
      }, { body(Simulation.recipe!.seed) })
    return (reports, series.totals)
  }

  @Test(arguments: examples) func aConditionThatHoldsPasses(_ example: Example) throws {
    let (reports, records) = totals { _ in for _ in 0..<3 { example.evaluate(true) } }
    #expect(reports.map(\.passed) == [true])
    guard example.kind != .unreachable else { return #expect(records.isEmpty) }
    let record = try #require(records.first)
    #expect(records.count == 1)
    #expect(record.site.kind == example.kind && record.site.message == "claim")
    #expect(record.passes == 3 && record.fails == 0)
    #expect(record.status == .passed)
  }

  @Test(arguments: examples) func aConditionThatDoesNotHold(_ example: Example) throws {
    let (reports, records) = totals { _ in for _ in 0..<2 { example.evaluate(false) } }
    let canFail = example.kind.canFail
    #expect(reports.map(\.passed) == [!canFail])
    guard ![.reachable, .sometimesEach].contains(example.kind) else {
      return #expect(records.isEmpty)
    }
    let record = try #require(records.first)
    #expect(record.passes == 0 && record.fails == 2)
    #expect(record.status == (canFail ? .failed : .missed))
  }

  @Test func theVerdictNamesTheFailureAndItsPlace() throws {
    let line: UInt32 = 4_711
    let report = Simulation.run(seed: 1) {
      try await SimulationClock().sleep(for: .seconds(2))
      assertAlways(false, "a write survives", "saw 3", file: "Shop/Store.swift", line: line)
      assertAlways(false, "a write survives", "saw 4", file: "Shop/Store.swift", line: line)
      assertAlways(1, isGreaterThan: 2, "enough servers", file: "Shop/Store.swift", line: 9)
    }
    // One violation for each assertion, and the run went on.
    try #require(report.violations.count == 2)
    let first = report.violations[0]
    #expect(first.description == "a write survives violated: saw 3")
    #expect(first.place == "Shop/Store.swift:4711")
    #expect(first.time >= .seconds(2) && first.decisionCount > 0)
    #expect(report.violations[1].description == "enough servers violated: 1 against 2")
    #expect(report.line.hasPrefix("FAILED seed=1 — a write survives violated: saw 3 at sim_time=2"))
    #expect(report.assertions.map(\.fails) == [2, 1])
  }

  @Test func assertionsWithTheSameWordsAreTwo() {
    let (_, records) = totals { _ in
      assertSometimes(true, "same", line: 1)
      assertAlways(true, "same", line: 1)
      assertAlways(true, "same", line: 2)
      assertAlways(true, "same", file: "Other/File.swift", line: 2)
    }
    #expect(records.count == 4)
    #expect(records.allSatisfy { $0.passes == 1 })
  }

  @Test func countsGrowOverRunsAndTheFirstPassIsKnown() throws {
    let (reports, records) = totals(seeds: 10) { seed in
      assertSometimes(seed >= 7, "late")
      if seed % 2 == 0 { assertReachable("even") }
    }
    let late = try #require(records.first { $0.site.message == "late" })
    #expect(late.runs == 10 && late.passingRuns == 3 && late.passes == 3 && late.fails == 7)
    #expect(late.firstPass == 7)
    let even = try #require(records.first { $0.site.message == "even" })
    #expect(even.runs == 5 && even.firstPass == 0)
    // A run's own report has that run alone.
    #expect(reports[8].assertions.map(\.passes) == [1, 1])
    #expect(reports[9].assertions.map(\.site.message) == ["late"])
  }

  @Test func theNearestValuesAreKept() throws {
    let (_, records) = totals(seeds: 3) { seed in
      for value in [5, Int(seed) - 7, 9] {
        assertAlways(value, isGreaterThan: -100, "least")
        assertAlways(value, isAtMost: 100, "greatest")
        assertSometimes(value, isLessThan: -100, "nearest below")
        assertSometimes(value, isAtLeast: 100, "nearest above")
      }
      assertAlways(UInt64.max, isGreaterThan: 0, "clamped")
    }
    let best = Dictionary(uniqueKeysWithValues: records.map { ($0.site.message, $0.best) })
    #expect(
      best == [
        "least": -7, "greatest": 9, "nearest below": -7, "nearest above": 9, "clamped": .max,
      ])
  }

  @Test func theFrontierSaysWhichHeldTogether() throws {
    let (_, records) = totals(seeds: 4) { seed in
      assertSometimesAll("all", ["a": seed & 1 == 1, "b": seed & 2 == 2, "c": false])
    }
    let record = try #require(records.first)
    #expect(record.best == 2 && record.names == ["a", "b", "c"] && record.held == ["a", "b"])
    #expect(record.status == .missed)
  }

  @Test func bucketsKeepTheBestQuality() throws {
    let (_, records) = totals(seeds: 3) { seed in
      assertSometimesEach("room", ["x": 1, "y": Int(seed)], quality: [0, 1], line: 1)
      assertSometimesEach("room", ["x": 1, "y": 0], quality: [Int(seed), -5], line: 1)
    }
    let buckets = try #require(records.first).buckets
    #expect(buckets.map(\.keys) == [[1, 0], [1, 1], [1, 2]])
    #expect(buckets.map(\.hits) == [4, 1, 1])
    #expect(buckets.map(\.runs) == [3, 1, 1])
    #expect(buckets.map(\.firstRun) == [0, 1, 2])
    #expect(buckets.map(\.quality) == [[2, -5], [0, 1], [0, 1]])
    #expect(records.first?.names == ["x", "y"])
  }

  @Test func thousandsOfSitesAndCombinationsFindRoom() {
    let (_, records) = totals { _ in
      for line in 1...UInt32(3_000) { assertReachable("site", line: line) }
      for key in 0..<20_000 { assertSometimesEach("each", ["key": key]) }
    }
    #expect(records.count == 3_001)
    #expect(records.allSatisfy { $0.site.kind == .sometimesEach || $0.passes == 1 })
    #expect(records.first { $0.site.kind == .sometimesEach }?.buckets.count == 20_000)
  }

  @Test func nothingIsCountedAfterTheVerdictOrOutside() {
    assertAlways(false, "outside")
    let series = CountedSeries()
    Simulation.run(
      CollectionOfOne(Recipe(seed: 1)), counting: series.table, each: { _ in true },
      {
        Task {
          // Cancelled after the verdict: it has leaked.
          try? await SimulationClock().sleep(for: .seconds(1 << 30))
          assertUnreachable("after the verdict")
        }
        assertReachable("before")
      })
    assertAlways(false, "outside")
    #expect(series.totals.map(\.site.message) == ["before"])
  }

  @Test func aTrapKeepsWhatWasCounted() {
    let report = Simulation.run(seed: 1) {
      assertReachable("before the trap")
      fatalError("over")
    }
    #expect(report.verdict.name == "crashed")
    #expect(report.assertions.map(\.passes) == [1])
  }
}
