//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct LatencyShapeTests {
  private static let fast = Duration.microseconds(10)...Duration.microseconds(20)
  private static let slow = Duration.microseconds(20)...Duration.microseconds(200)

  private func samples(
    _ shape: LatencyShape, _ count: Int, seed: UInt64 = 3
  ) -> (values: [Duration], decisions: UInt64) {
    withStream(seed: seed) { stream in
      let values = (0..<count).map { _ in shape.sample(from: stream) }
      return (values, stream.drawnCount)
    }
  }

  private func mean(_ values: [Duration]) -> Double {
    Double(values.reduce(0) { $0 + $1.clampedNanoseconds }) / Double(values.count)
  }

  @Test func `a fixed latency is itself and no decision`() {
    let (values, decisions) = samples(.fixed(.milliseconds(3)), 10)
    #expect(Set(values) == [.milliseconds(3)])
    #expect(decisions == 0)
  }

  @Test func `a uniform latency takes every nanosecond of its range, ends included`() {
    let (values, decisions) = samples(.uniform(.nanoseconds(5) ... .nanoseconds(9)), 1_000)
    #expect(Set(values) == Set((5...9).map { .nanoseconds($0) }))
    #expect(decisions == 1_000)
    let single = samples(.uniform(.nanoseconds(5) ... .nanoseconds(5)), 10)
    #expect(Set(single.values) == [.nanoseconds(5)])
    #expect(single.decisions == 10)
  }

  @Test func `an exponential latency keeps its minimum and its mean`() {
    let shape = LatencyShape.exponential(minimum: .milliseconds(1), mean: .milliseconds(4))
    let (values, decisions) = samples(shape, 50_000)
    #expect(values.allSatisfy { $0 >= .milliseconds(1) && $0 <= .milliseconds(148) })
    // Five standard errors of 4 ms / sqrt(50,000).
    #expect(abs(mean(values) - 5e6) < 9e4)
    #expect(values.contains { $0 > .milliseconds(25) })
    #expect(decisions == 50_000)
  }

  @Test func `a bimodal latency is slow as often as it says`() {
    let shape = LatencyShape.bimodal(fast: Self.fast, slow: Self.slow, slowProbability: 0.1)
    let (values, decisions) = samples(shape, 20_000)
    let slow = values.count { $0 > Self.fast.upperBound }
    #expect(abs(slow - 2_000) < 220)
    #expect(values.allSatisfy { Self.fast.contains($0) || Self.slow.contains($0) })
    #expect(decisions == 40_000)
  }

  @Test func `a slow mode that is off never shows, and one that is certain always`() {
    let never = LatencyShape.bimodal(fast: Self.fast, slow: Self.slow, slowProbability: 0)
    #expect(samples(never, 20_000).values.allSatisfy(Self.fast.contains))
    let always = LatencyShape.bimodal(fast: Self.fast, slow: Self.slow, slowProbability: 1)
    #expect(samples(always, 20_000).values.allSatisfy(Self.slow.contains))
  }

  @Test func `the decision 0 is the shortest time`() {
    let shapes: [LatencyShape] = [
      .uniform(Self.fast), .exponential(minimum: Self.fast.lowerBound, mean: .seconds(1)),
      .bimodal(fast: Self.fast, slow: Self.slow, slowProbability: 0.9),
    ]
    for shape in shapes {
      withStream(deciding: [0, 0]) {
        #expect(shape.sample(from: $0) == Self.fast.lowerBound, "\(shape)")
      }
    }
  }

  @Test func `the longest durations saturate`() {
    let longest = Duration.nanoseconds(Int64.max)
    let shape = LatencyShape.exponential(minimum: longest, mean: longest)
    #expect(samples(shape, 100).values.allSatisfy { $0 == longest })
    let whole = samples(.uniform(.zero...longest), 1_000).values
    #expect(whole.allSatisfy { $0 <= longest } && whole.contains { $0 > longest / 2 })
  }

  /// A contract: other values would change what every seed means.
  @Test func `values are pinned`() {
    let exponential = LatencyShape.exponential(minimum: .milliseconds(1), mean: .milliseconds(4))
    let bimodal = LatencyShape.bimodal(fast: Self.fast, slow: Self.slow, slowProbability: 0.5)
    func pinned(_ shape: LatencyShape) -> [UInt64] {
      samples(shape, 4, seed: 42).values.map(\.clampedNanoseconds)
    }
    #expect(pinned(.uniform(Self.slow)) == [132_276, 51_962, 120_166, 94_048])
    #expect(pinned(exponential) == [4_910_054, 1_781_956, 4_252_046, 3_119_900])
    #expect(pinned(bimodal) == [51_962, 94_048, 35_680, 13_694])
  }

  private static let tooLong = Duration.seconds(400 * 365 * 86_400)

  @Test(arguments: [
    Refusal("a") { () throws(InvalidConfiguration) in
      try LatencyShape.fixed(.nanoseconds(-1)).validate("a")
    },
    Refusal("a") { () throws(InvalidConfiguration) in
      try LatencyShape.fixed(tooLong).validate("a")
    },
    Refusal("a.lowerBound") { () throws(InvalidConfiguration) in
      try LatencyShape.uniform(.nanoseconds(-1) ... .zero).validate("a")
    },
    Refusal("a.upperBound") { () throws(InvalidConfiguration) in
      try LatencyShape.uniform(.zero...tooLong).validate("a")
    },
    Refusal("a.minimum") { () throws(InvalidConfiguration) in
      try LatencyShape.exponential(minimum: .seconds(-1), mean: .zero).validate("a")
    },
    Refusal("a.mean") { () throws(InvalidConfiguration) in
      try LatencyShape.exponential(minimum: .zero, mean: .seconds(-1)).validate("a")
    },
    Refusal("a.fast.lowerBound") { () throws(InvalidConfiguration) in
      try LatencyShape.bimodal(fast: .seconds(-1) ... .zero, slow: slow, slowProbability: 0)
        .validate("a")
    },
    Refusal("a.slow.upperBound") { () throws(InvalidConfiguration) in
      try LatencyShape.bimodal(fast: fast, slow: .zero...tooLong, slowProbability: 0)
        .validate("a")
    },
    Refusal("a.slowProbability") { () throws(InvalidConfiguration) in
      try LatencyShape.bimodal(fast: fast, slow: slow, slowProbability: 1.2).validate("a")
    },
    Refusal("a.slowProbability") { () throws(InvalidConfiguration) in
      try LatencyShape.bimodal(fast: fast, slow: slow, slowProbability: -0.1).validate("a")
    },
    Refusal("a.slowProbability") { () throws(InvalidConfiguration) in
      try LatencyShape.bimodal(fast: fast, slow: slow, slowProbability: .nan).validate("a")
    },
  ]) func `a bad shape is refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `good shapes are accepted`() throws {
    try LatencyShape.fixed(.zero).validate("a")
    try LatencyShape.fixed(.nanoseconds(Int64.max)).validate("a")
    try LatencyShape.bimodal(fast: Self.fast, slow: Self.slow, slowProbability: 1).validate("a")
  }
}
