//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// Fractional Gaussian noise: mean 0, variance 1, and dependence that dies out as a power of time.
///
/// The Hurst exponent H in `0..<1` (0 excluded) says how: at ½ the values are independent, above
/// it bad times come in runs, and runs of runs, at all scales; below it they alternate.
package enum FractionalNoise {
  /// The covariance of two values that are `lag` apart: `½ (|k+1|^2H - 2|k|^2H + |k-1|^2H)`.
  package static func covariance(hurst: Double, lag: Int) -> Double {
    guard lag > 0 else { return 1 }
    var covariances = NoiseCovariances(hurst: hurst, from: lag)
    return covariances.next()
  }

  /// A series of `2^bits` values with exactly this covariance (Davies and Harte, 1987).
  ///
  /// Two decisions for each value. For a series whose length isn't known in advance see
  /// `FractionalNoiseStream`.
  ///
  /// - Parameters:
  ///   - hurst: Above 0 and below 1.
  ///   - bits: From 0 to 16.
  package static func series(hurst: Double, bits: Int, from stream: DecisionStream) -> [Double] {
    precondition(0 < hurst && hurst < 1, "a Hurst exponent is between 0 and 1, not \(hurst)")
    precondition(0...16 ~= bits, "a noise series has 2^0...2^16 values, not 2^\(bits)")
    let count = 1 << bits
    let transform = FourierTransform(bits: bits + 1)
    // The covariances, around a circle, are those of a stationary process on that circle. It has
    // independent amplitudes with the eigenvalues as variances.
    var covariances = NoiseCovariances(hurst: hurst)
    let half = [1] + (0..<count).map { _ in covariances.next() }
    var real = half + half[1..<count].reversed()
    var imaginary = [Double](repeating: 0, count: 2 * count)
    transform.transform(&real, &imaginary)
    // For this noise none is negative but by rounding (Craigmile, 2003).
    let deviations = real.map { max($0, 0).squareRoot() }
    let rootHalf = 0.5.squareRoot()
    for k in 0...count {
      let mirrored = (2 * count - k) % (2 * count)
      if k == mirrored {
        real[k] = deviations[k] * stream.gaussian()
        imaginary[k] = 0
      } else {
        real[k] = deviations[k] * rootHalf * stream.gaussian()
        imaginary[k] = deviations[k] * rootHalf * stream.gaussian()
        real[mirrored] = real[k]
        imaginary[mirrored] = -imaginary[k]
      }
    }
    transform.transform(&real, &imaginary)
    let scale = 1 / Double(2 * count).squareRoot()
    return real[..<count].map { $0 * scale }
  }
}

/// The covariances at lag after lag, for one power each.
struct NoiseCovariances {
  private let hurst: Double
  private var lag: Int
  private var before: Double
  private var here: Double

  /// Starts at a lag of at least 1.
  init(hurst: Double, from lag: Int = 1) {
    self.hurst = hurst
    self.lag = lag
    before = Mathematics.pow(Double(lag - 1), 2 * hurst)
    here = Mathematics.pow(Double(lag), 2 * hurst)
  }

  mutating func next() -> Double {
    lag += 1
    let after = Mathematics.pow(Double(lag), 2 * hurst)
    let result = 0.5 * (after - 2 * here + before)
    (before, here) = (here, after)
    return result
  }
}
