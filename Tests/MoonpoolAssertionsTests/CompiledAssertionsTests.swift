//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolAssertions
import MoonpoolRuntime
import Testing

/// What the linker knows of assertions that nobody gets to.
@Suite struct CompiledAssertionsTests {
  private static let file = "MoonpoolAssertionsTests/CompiledAssertionsTests.swift"

  #if DEBUG
    @Test func debugBuildsKnowNone() {
      if getenv("MOONPOOL_TEST_REACH_ALL") != nil { claimAll(1, "x") }
      #expect(Assertions.compiled.isEmpty)
    }
  #else
    @Test func assertionsThatAreNeverReachedAreKnown() {
      // Whoever sets this gets to all of them; the compiler can't know that nobody does.
      if getenv("MOONPOOL_TEST_REACH_ALL") != nil { claimAll(1, "x") }
      let own = Assertions.compiled.filter { $0.file == Self.file && $0.line > lineBefore }
      #expect(
        own.map { "\($0.kind) \($0.message)" } == [
          "always held",
          "alwaysOrUnreachable held if reached",
          "unreachable not reached",
          "sometimes seen",
          "reachable reached — wíth ünicode",
          "alwaysGreaterThan greater",
          "alwaysAtLeast at least",
          "alwaysLessThan less",
          "alwaysAtMost at most",
          "sometimesGreaterThan seen greater",
          "sometimesAtLeast seen at least",
          "sometimesLessThan seen less",
          "sometimesAtMost seen at most",
          "sometimesAll all",
          "sometimesEach each",
          "reachable in a closure",
          "reachable passed on once",
          "reachable passed on twice",
          "reachable in generic code",
        ])
      let lines = Array(1...15) + [16, 23, 24, 25]
      #expect(own.map { $0.line - lineBefore } == lines)
      #expect(own.map(\.kind).filter(\.canBeMissed).count == own.count - 2)
      // One that is inlined in several places is one, and all are in order.
      #expect(Set(Assertions.compiled).count == Assertions.compiled.count)
      #expect(Assertions.compiled == Assertions.compiled.sorted())
    }

    @Test func whatIsEvaluatedIsOneOfThem() {
      let series = CountedSeries()
      Simulation.run(
        CollectionOfOne(Recipe(seed: 1)), counting: series.table, each: { _ in true },
        { assertReachable("somebody was here") })
      let site = series.totals[0].site
      #expect(Assertions.compiled.contains(site))
    }
  #endif
}

/// The line before the first claim.
private let lineBefore = #line + 5

@inline(never)
private func claimAll<Value: Equatable>(_ number: Int, _ value: Value) {
  let holds = number > 0
  // What follows is listed above line by line.
  assertAlways(holds, "held")
  assertAlwaysOrUnreachable(holds, "held if reached")
  assertUnreachable("not reached")
  assertSometimes(holds, "seen")
  assertReachable("reached — wíth ünicode")
  assertAlways(number, isGreaterThan: 0, "greater")
  assertAlways(number, isAtLeast: 0, "at least")
  assertAlways(number, isLessThan: 9, "less")
  assertAlways(number, isAtMost: 9, "at most")
  assertSometimes(number, isGreaterThan: 0, "seen greater")
  assertSometimes(number, isAtLeast: 0, "seen at least")
  assertSometimes(number, isLessThan: 9, "seen less")
  assertSometimes(number, isAtMost: 9, "seen at most")
  assertSometimesAll("all", ["one": holds])
  assertSometimesEach("each", ["number": number])
  let claim = { assertReachable("in a closure") }
  claim()
  @inline(__always)
  func passOn(_ message: StaticString, file: StaticString = #fileID, line: UInt32 = #line) {
    assertReachable(message, file: file, line: line)
  }
  if value == value {
    passOn("passed on once")
    passOn("passed on twice")
    assertReachable("in generic code")
  }
}
