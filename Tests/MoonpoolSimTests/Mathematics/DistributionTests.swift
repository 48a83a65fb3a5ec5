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

@Suite struct DistributionTests {
  private let samples = 100_000

  private func moments(_ draw: (DecisionStream) -> Double) -> (mean: Double, variance: Double) {
    let values = withStream(seed: 7) { stream in (0..<samples).map { _ in draw(stream) } }
    let mean = values.reduce(0, +) / Double(samples)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / Double(samples - 1))
  }

  // Five standard errors, so that the seed is no lucky one.
  @Test func `moments are those of the distributions`() {
    let exponential = moments { $0.exponential() }
    #expect(abs(exponential.mean - 1) < 0.016)
    #expect(abs(exponential.variance - 1) < 0.045)
    let waiting = moments { $0.waiting() }
    #expect(abs(waiting.mean - 1) < 0.016)
    #expect(abs(waiting.variance - 1) < 0.045)
    let gaussian = moments { $0.gaussian() }
    #expect(abs(gaussian.mean) < 0.016)
    #expect(abs(gaussian.variance - 1) < 0.023)
  }

  @Test func `one decision each, and 0 is the quiet one`() {
    withStream(deciding: [0, 0, 0, 0, .max, .max, .max, .max]) { stream in
      #expect(stream.exponential() == 0)
      #expect(stream.waiting() > 36.7)
      #expect(stream.gaussian() < -8)
      #expect(stream.deviation(upTo: 5) == 0)
      #expect(stream.exponential() > 36.7)
      #expect(stream.waiting() == 0)
      #expect(stream.gaussian() > 8)
      #expect(stream.deviation(upTo: 5) == 5)
      #expect(stream.drawnCount == 8)
    }
  }

  @Test func `deviations count outwards from zero`() {
    withStream(deciding: Array(0..<7)) { stream in
      #expect((0..<7).map { _ in stream.deviation(upTo: 3) } == [0, -1, 1, -2, 2, -3, 3])
      #expect(stream.deviation(upTo: 0) == 0)
    }
    withStream(deciding: [.max, 1 << 63 - 1]) { stream in
      #expect(stream.deviation(upTo: 1 << 62) == 1 << 62)
      #expect(stream.deviation(upTo: 1 << 62) == -(1 << 62))
    }
  }

  @Test func `values are pinned`() {
    withStream(seed: 42) { stream in
      #expect(stream.exponential().bitPattern == 4_606_979_879_297_695_362)
      #expect(stream.exponential().bitPattern == 4_596_211_257_604_283_766)
      #expect(stream.exponential().bitPattern == 4_605_498_175_772_575_382)
      #expect(stream.gaussian().bitPattern == 13_820_610_356_205_993_386)
      #expect(stream.gaussian().bitPattern == 4_609_582_836_006_150_889)
      #expect(stream.gaussian().bitPattern == 13_832_170_093_052_911_590)
      #expect(
        (0..<3).map { _ in stream.deviation(upTo: 1_000_000) } == [97_947, 369_378, -464_943])
    }
  }
}
