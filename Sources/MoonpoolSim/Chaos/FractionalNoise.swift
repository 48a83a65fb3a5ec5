//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

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
