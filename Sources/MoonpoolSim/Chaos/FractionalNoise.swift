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
    func power(_ k: Int) -> Double { Mathematics.pow(Double(k), 2 * hurst) }
    return 0.5 * (power(lag + 1) - 2 * power(lag) + power(lag - 1))
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
    let half = (0...count).map { covariance(hurst: hurst, lag: $0) }
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
