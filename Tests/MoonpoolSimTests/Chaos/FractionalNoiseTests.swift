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

@Suite struct FractionalNoiseTests {
  private func series(_ hurst: Double, bits: Int, seeds: ClosedRange<UInt64>) -> [[Double]] {
    seeds.map { seed in
      withStream(seed: seed) { FractionalNoise.series(hurst: hurst, bits: bits, from: $0) }
    }
  }

  private func streamed(
    _ hurst: Double, _ count: Int, memory: Int = 1_024, seeds: ClosedRange<UInt64>
  ) -> [[Double]] {
    seeds.map { seed in
      withStream(seed: seed) { stream in
        var noise = FractionalNoiseStream(hurst: hurst, memory: memory)
        return (0..<count).map { _ in noise.next(from: stream) }
      }
    }
  }

  @Test(arguments: [0.5, 0.6, 0.7, 0.8, 0.9])
  func `three estimators find the exponent of a series`(hurst: Double) {
    let noise = series(hurst, bits: 12, seeds: 1...16)
    #expect(abs(HurstEstimate.aggregatedVariance(noise) - hurst) < 0.05)
    #expect(abs(HurstEstimate.wavelet(noise) - hurst) < 0.05)
    #expect(abs(HurstEstimate.localWhittle(noise) - hurst) < 0.05)
  }

  /// Also four times beyond the memory, which is shorter here than in use.
  @Test(arguments: [0.5, 0.6, 0.7, 0.8, 0.9])
  func `three estimators find the exponent of a stream`(hurst: Double) {
    let noise = streamed(hurst, 1_024, memory: 256, seeds: 1...24)
    #expect(abs(HurstEstimate.aggregatedVariance(noise) - hurst) < 0.05)
    #expect(abs(HurstEstimate.wavelet(noise) - hurst) < 0.05)
    #expect(abs(HurstEstimate.localWhittle(noise) - hurst) < 0.05)
  }

  @Test func `the covariance is the formula's`() {
    #expect(FractionalNoise.covariance(hurst: 0.8, lag: 0) == 1)
    // ½ 2^1.6 - 1, and ½ (3^1.6 - 2·2^1.6 + 1).
    #expect(abs(FractionalNoise.covariance(hurst: 0.8, lag: 1) - 0.515_716_566_510_398) < 1e-14)
    #expect(abs(FractionalNoise.covariance(hurst: 0.8, lag: 2) - 0.368_339_934_376_848) < 1e-14)
    #expect((1...1_000).allSatisfy { FractionalNoise.covariance(hurst: 0.5, lag: $0) == 0 })
    #expect((1...1_000).allSatisfy { FractionalNoise.covariance(hurst: 0.3, lag: $0) < 0 })
  }

  /// Measured over seeds, at each pair of places alone, so that only exact generation passes.
  @Test(arguments: [0.3, 0.8]) func `both ways give these covariances`(hurst: Double) {
    let ways = [
      ("series", series(hurst, bits: 5, seeds: 1...4_000)),
      ("stream", streamed(hurst, 32, seeds: 1...4_000)),
    ]
    for (name, noise) in ways {
      for (first, second) in [(0, 0), (31, 31), (0, 1), (3, 5), (0, 31), (15, 31), (30, 31)] {
        let measured = noise.reduce(0) { $0 + $1[first] * $1[second] } / Double(noise.count)
        let expected = FractionalNoise.covariance(hurst: hurst, lag: second - first)
        // A product's standard deviation is at most sqrt(2); five standard errors.
        #expect(abs(measured - expected) < 0.112, "\(name) \(first) \(second)")
      }
    }
  }

  @Test func `a long series and a short one are generated`() {
    #expect(series(0.9, bits: 0, seeds: 1...1)[0].count == 1)
    let long = series(0.9, bits: 16, seeds: 1...1)
    #expect(long[0].count == 1 << 16)
    #expect(abs(HurstEstimate.wavelet(long) - 0.9) < 0.05)
  }

  @Test func `a value is one decision in a stream and two in a series`() {
    withStream { stream in
      var noise = FractionalNoiseStream(hurst: 0.7)
      for _ in 0..<10 { _ = noise.next(from: stream) }
      #expect(stream.drawnCount == 10)
      _ = FractionalNoise.series(hurst: 0.7, bits: 4, from: stream)
      #expect(stream.drawnCount == 10 + 32)
    }
  }

  /// A contract: other values would change what every seed means.
  @Test func `values are pinned`() {
    #expect(
      streamed(0.8, 4, seeds: 42...42)[0].map(\.bitPattern) == [
        4_599_352_580_491_092_858, 13_827_218_085_843_711_178, 13_816_316_519_831_246_438,
        13_821_793_311_671_005_116,
      ])
    let beyond = streamed(0.8, 300, memory: 100, seeds: 42...42)[0]
    #expect(beyond.last?.bitPattern == 13_821_126_399_269_369_658)
  }
}
