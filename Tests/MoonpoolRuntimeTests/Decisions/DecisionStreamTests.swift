//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

@Suite struct DecisionStreamTests {
  /// Draws from a fresh stream.
  func drawing<Result>(_ body: (DecisionStream) throws -> Result) rethrows -> Result {
    try withDecisions(7) { try body($0.stream(.workload("test"))) }
  }

  @Test(arguments: [2, 3, 6, 10, 64] as [UInt64])
  func choicesAreUnbiased(bound: UInt64) {
    let count = 64_000
    var seen = [Int](repeating: 0, count: Int(bound))
    drawing { stream in for _ in 0..<count { seen[Int(stream.uint64(below: bound))] += 1 } }
    let expected = Double(count) / Double(bound)
    let chiSquared = seen.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    // Five standard deviations above the mean of the distribution.
    let freedom = Double(bound - 1)
    #expect(chiSquared < freedom + 5 * (2 * freedom).squareRoot() + 5)
  }

  @Test func numbersStayInTheirRange() {
    drawing { stream in
      for _ in 0..<1_000 {
        #expect((-3...4).contains(stream.int(in: -3...4)))
        #expect((5..<6).contains(stream.int(in: 5..<6)))
        #expect((0.0..<1.0).contains(stream.double()))
        #expect((-1.5..<2.5).contains(stream.double(in: -1.5..<2.5)))
        let range = Duration.milliseconds(1)...Duration.milliseconds(2)
        #expect(range.contains(stream.duration(in: range)))
      }
      #expect(stream.int(in: Int.min...Int.max) != stream.int(in: Int.min...Int.max))
      #expect(stream.int(in: Int.max...Int.max) == .max)
      #expect(stream.duration(in: .seconds(1) ... .seconds(1)) == .seconds(1))
    }
  }

  @Test func rangesAreReachedAtBothEnds() {
    drawing { stream in
      let ints = Set((0..<200).map { _ in stream.int(in: -2...2) })
      #expect(ints == [-2, -1, 0, 1, 2])
      let durations = Set((0..<200).map { _ in stream.duration(in: .zero ... .nanoseconds(3)) })
      #expect(durations == [.zero, .nanoseconds(1), .nanoseconds(2), .nanoseconds(3)])
    }
  }

  @Test func probabilitiesAreKept() {
    drawing { stream in
      let count = (0..<20_000).count { _ in stream.bool(probability: 0.25) }
      #expect((4_700...5_300).contains(count))
      #expect(!(0..<1_000).contains { _ in stream.bool(probability: 0) })
      #expect((0..<1_000).allSatisfy { _ in stream.bool(probability: 1) })
      #expect(!stream.bool(probability: -1))
      #expect(stream.bool(probability: 2))
      #expect(!stream.bool(probability: .nan))
    }
  }

  @Test func everyChoiceIsOneDecision() {
    withDecisions(7) { decisions in
      let stream = decisions.stream(.cost)
      _ = stream.int(in: 1...6)
      _ = stream.double()
      _ = stream.bool(probability: 0)
      _ = stream.bool()
      _ = stream.duration(in: .zero ... .seconds(1))
      _ = stream.element(of: "abc")
      #expect(decisions.count == 6)
      _ = stream.shuffled(1...5)
      #expect(decisions.count == 10)
      #expect(stream.element(of: [Int]()) == nil)
      #expect(decisions.count == 10)
    }
  }

  @Test func zeroIsTheQuietChoice() throws {
    let recipe = Recipe(seed: 7, edits: (1...9).map { .init(number: $0, value: 0) })
    withDecisions(recipe) { decisions in
      let stream = decisions.stream(.cost)
      #expect(stream.int(in: 3...6) == 3)
      #expect(!stream.bool(probability: 0.999))
      #expect(!stream.bool())
      #expect(stream.duration(in: .seconds(1) ... .seconds(2)) == .seconds(1))
      #expect(stream.element(of: "abc") == "a")
      #expect(stream.shuffled([1, 2, 3]) == [1, 2, 3])
      #expect(stream.double() == 0)
    }
  }

  @Test func shufflesReachAllPermutations() {
    drawing { stream in
      let orders = Set((0..<500).map { _ in stream.shuffled([1, 2, 3, 4]) })
      #expect(orders.count == 24)
      let elements = Set((0..<100).map { _ in stream.element(of: [1, 2, 3, 4]) })
      #expect(elements == [1, 2, 3, 4])
    }
  }

  @Test func theStandardLibraryCanUseIt() {
    drawing { stream in
      var generator = stream
      #expect((1...6).contains(Int.random(in: 1...6, using: &generator)))
      #expect([1, 2, 3].shuffled(using: &generator).count == 3)
      // Copies share one position.
      #expect(stream.drawnCount == generator.drawnCount)
    }
  }
}
