//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// The other way to make this noise, for the estimators and the stream to be checked against.
extension FractionalNoise {
  /// A series of `2^bits` values with exactly this covariance (Davies and Harte, 1987).
  ///
  /// Two decisions for each value. For a series whose length isn't known in advance see
  /// `FractionalNoiseStream`.
  ///
  /// - Parameters:
  ///   - hurst: Above 0 and below 1.
  ///   - bits: From 0 to 16.
  static func series(hurst: Double, bits: Int, from stream: DecisionStream) -> [Double] {
    precondition(0 < hurst && hurst < 1, "a Hurst exponent is between 0 and 1, not \(hurst)")
    precondition(0...16 ~= bits, "a noise series has 2^0...2^16 values, not 2^\(bits)")
    let count = 1 << bits
    let transform = FourierTransform(bits: bits + 1)
    // The covariances, around a circle, are those of a stationary process on that circle. It has
    // independent amplitudes with the eigenvalues as variances.
    let half = (0...count).map { FractionalNoise.covariance(hurst: hurst, lag: $0) }
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
