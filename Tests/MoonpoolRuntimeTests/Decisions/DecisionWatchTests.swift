//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime
import Testing

@Suite struct DecisionWatchTests {
  @Test func theOdometerCountsAllStreams() {
    withDecisions(7) { decisions in
      #expect(decisions.count == 0)
      _ = decisions.stream(.scheduling).take(3, below: 2)
      _ = decisions.stream(.cost).take(2, below: 2)
      #expect(decisions.count == 5)
      #expect(decisions.stream(.scheduling).drawnCount == 3)
      decisions.begin(7)
      #expect(decisions.count == 0)
      #expect(decisions.streams.isEmpty)
    }
  }

  @Test func unwatchedDecisionsNeverTakeTheSlowPath() {
    withDecisions(7) { decisions in
      let stream = decisions.stream(.scheduling)
      let slow = decisions.raw.pointee.slow
      // The slow path would follow this pointer.
      decisions.raw.pointee.slow = nil
      defer { decisions.raw.pointee.slow = slow }
      _ = stream.take(10_000, below: 3)
      #expect(decisions.raw.pointee.attention == .max)
      #expect(decisions.count == 10_000)
    }
  }

  @Test func watchingCostsNothingBetweenTheWatchedDecisions() throws {
    try withDecisions(Recipe(parsing: "7: 10@8; #5=0")) { decisions in
      #expect(decisions.raw.pointee.attention == 5)
      _ = decisions.stream(.scheduling).take(5, below: 3)
      #expect(decisions.raw.pointee.attention == 11)
      _ = decisions.stream(.scheduling).take(6, below: 3)
      #expect(decisions.raw.pointee.attention == .max)
    }
  }

  @Test func aDrawInOneStreamNeverShiftsAnother() {
    let alone = draws(seed: 7, .cost, 50, below: 1_000)
    let mixed = withDecisions(7) { decisions in
      let (cost, noise) = (decisions.stream(.cost), decisions.stream(.buggify))
      return (0..<50).map { step in
        _ = noise.take(step % 4, below: 9)
        for link in 0..<step % 3 { _ = decisions.stream(.network(from: step, to: link)).double() }
        return cost.uint64(below: 1_000)
      }
    }
    #expect(mixed == alone)
  }

  @Test func addressesOfStreamsAreStable() {
    withDecisions(7) { decisions in
      let first = decisions.stream(.network(from: 0, to: 0))
      for to in 1..<5_000 { _ = decisions.stream(.network(from: 0, to: to)) }
      #expect(decisions.streams.count == 5_000)
      #expect(first.take(5, below: 100) == draws(seed: 7, .network(from: 0, to: 0), 5, below: 100))
      #expect(decisions.stream(.network(from: 0, to: 4_999)).drawnCount == 0)
      #expect(decisions.streams.count == 5_000)
    }
  }

  @Test func aStreamsValuesAreZeroFromOneOnAndTheOthersStay() throws {
    try withDecisions(Recipe(parsing: "7: network#3...=0, cost#1...=0")) { decisions in
      let link = StreamKey.network(from: 0, to: 1)
      let expected = draws(seed: 7, link, 2, below: 1_000)
      #expect(decisions.stream(link).take(5, below: 1_000) == expected + [0, 0, 0])
      #expect(decisions.stream(.cost).take(2, below: 1_000) == [0, 0])
      // No stream's name begins with another's but at a slash.
      let networks = StreamKey(name: "networks")
      #expect(
        decisions.stream(networks).take(4, below: 1_000)
          == draws(seed: 7, networks, 4, below: 1_000))
      #expect(decisions.count == 11)
    }
    // The next run has no rules any more.
    withDecisions(7) { decisions in
      decisions.begin(7)
      #expect(decisions.stream(.cost).take(2, below: 9) == draws(seed: 7, .cost, 2, below: 9))
      #expect(decisions.raw.pointee.attention == .max)
    }
  }

  @Test func aStreamCanHaveASeedOfItsOwn() throws {
    try withDecisions(Recipe(parsing: "7: 3@99; cost@8")) { decisions in
      let (cost, other) = (decisions.stream(.cost), decisions.stream(.scheduling))
      #expect(other.take(2, below: 1_000) == draws(seed: 7, .scheduling, 2, below: 1_000))
      #expect(cost.take(3, below: 1_000) == draws(seed: 8, .cost, 3, below: 1_000))
      #expect(other.take(1, below: 1_000) == draws(seed: 99, .scheduling, 1, below: 1_000))
    }
  }

  @Test func breakpointsSeedAllStreamsAfresh() throws {
    try withDecisions(Recipe(parsing: "7: 3@99 -> 4@5")) { decisions in
      let (a, b) = (decisions.stream(.scheduling), decisions.stream(.cost))
      #expect(a.take(2, below: 1_000) == draws(seed: 7, .scheduling, 2, below: 1_000))
      #expect(b.take(1, below: 1_000) == draws(seed: 7, .cost, 1, below: 1_000))
      #expect(a.reseedCount == 0)
      #expect(a.take(2, below: 1_000) == draws(seed: 99, .scheduling, 2, below: 1_000))
      #expect(b.take(1, below: 1_000) == draws(seed: 99, .cost, 1, below: 1_000))
      #expect(a.reseedCount == 1)
      // A stream that is new after the breakpoint starts under its seed, too.
      let c = decisions.stream(.hops)
      #expect(c.take(1, below: 1_000) == draws(seed: 99, .hops, 1, below: 1_000))
      #expect(c.take(3, below: 1_000) == draws(seed: 5, .hops, 3, below: 1_000))
      #expect(a.take(3, below: 1_000) == draws(seed: 5, .scheduling, 3, below: 1_000))
      #expect(decisions.raw.pointee.seed == 5)
    }
  }

  @Test func aBreakpointAtZeroReplacesTheSeed() throws {
    let recipe = try Recipe(parsing: "7: 0@1 -> 0@99")
    let values = withDecisions(recipe) { $0.stream(.scheduling).take(5, below: 1_000) }
    #expect(values == draws(seed: 99, .scheduling, 5, below: 1_000))
  }

  @Test func aBreakpointThatIsNeverReachedChangesNothing() {
    let recipe = Recipe(
      seed: 7, breakpoints: [.init(count: .max, seed: 9), .init(count: 1, seed: 1)])
    let values = withDecisions(recipe) { $0.stream(.scheduling).take(5, below: 1_000) }
    #expect(values == draws(seed: 7, .scheduling, 5, below: 1_000))
  }

  @Test func editsChangeOneDecisionAndNoOther() throws {
    let plain = draws(seed: 7, .scheduling, 10, below: 100)
    let recipe = try Recipe(parsing: "7: #9=1000, #4=55")
    let edited = withDecisions(recipe) { $0.stream(.scheduling).take(10, below: 100) }
    var expected = plain
    expected[3] = 55
    expected[8] = 99
    #expect(edited == expected)
  }

  @Test func editsAndBreakpointsMeetInOneDecision() throws {
    let recipe = try Recipe(parsing: "7: 3@99; #4=1")
    let values = withDecisions(recipe) { $0.stream(.scheduling).take(6, below: 100) }
    let after = draws(seed: 99, .scheduling, 3, below: 100)
    #expect(values == draws(seed: 7, .scheduling, 3, below: 100) + [1] + after[1...])
  }

  @Test func aStateCanBeUsedForManyRuns() {
    let expected = draws(seed: 3, .scheduling, 20, below: 10)
    withDecisions(0) { decisions in
      for seed in 0..<200 as Range<UInt64> {
        decisions.begin(Recipe(seed: seed % 4), recording: seed % 2 == 1)
        for node in 0..<(Int(seed) % 7) { _ = decisions.stream(.entropy(node: node)).double() }
        let values = decisions.stream(.scheduling).take(20, below: 10)
        if seed % 4 == 3 { #expect(values == expected) }
      }
    }
  }

  @Test func aStreamIsRefusedAfterItsSimulation() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let decisions = Decisions()
      decisions.begin(Recipe(seed: 7))
      let stream = decisions.stream(.scheduling)
      decisions.destroy()
      _ = stream.double()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("a DecisionStream was used after its simulation had ended"))
  }
}
