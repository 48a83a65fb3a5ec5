//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim

/// Three ways to find the Hurst exponent of series, which have 2^k values each and mean 0.
enum HurstEstimate {
  /// The variance of block means falls as the block's length to the power 2H - 2.
  static func aggregatedVariance(_ series: [[Double]]) -> Double {
    let octaves = 0..<(octaveCount(series) - 4)
    let energies = octaves.map { octave in
      let length = 1 << octave
      return energy(series, length) { block in block.reduce(0, +) / Double(length) }
    }
    return 1 + slope(energies) / 2
  }

  /// The energy of Haar's wavelets grows as their length to the power 2H - 1.
  static func wavelet(_ series: [[Double]]) -> Double {
    let octaves = 1..<(octaveCount(series) - 3)
    let energies = octaves.map { octave in
      let length = 1 << octave
      return energy(series, length) { block in
        let halves = block.prefix(length / 2).reduce(0, +) - block.suffix(length / 2).reduce(0, +)
        return halves / Double(length).squareRoot()
      }
    }
    return (1 + slope(energies)) / 2
  }

  /// The local Whittle estimate: the spectrum at low frequencies falls as f to the power 1 - 2H.
  static func localWhittle(_ series: [[Double]]) -> Double {
    let transform = FourierTransform(bits: octaveCount(series))
    let estimates = series.map { values in
      var (real, imaginary) = (values, [Double](repeating: 0, count: values.count))
      transform.transform(&real, &imaginary)
      let lowest16th = 1...(values.count / 16)
      let powers: [(frequency: Double, power: Double)] = lowest16th.map { k in
        (Double(k), real[k] * real[k] + imaginary[k] * imaginary[k])
      }
      let logFrequency = powers.reduce(0.0) { $0 + Mathematics.log($1.frequency) }
      func contrast(_ hurst: Double) -> Double {
        let sum = powers.reduce(0.0) {
          $0 + $1.power * Mathematics.pow($1.frequency, 2 * hurst - 1)
        }
        let count = Double(powers.count)
        return Mathematics.log(sum / count) - (2 * hurst - 1) * logFrequency / count
      }
      return lowest(contrast, from: 0.01, to: 0.99)
    }
    return estimates.reduce(0, +) / Double(series.count)
  }

  private static func octaveCount(_ series: [[Double]]) -> Int {
    series[0].count.trailingZeroBitCount
  }

  /// The mean square of a figure over all blocks of a length, as a logarithm to base 2.
  private static func energy(
    _ series: [[Double]], _ length: Int, _ figure: (ArraySlice<Double>) -> Double
  ) -> Double {
    var sum = 0.0
    var count = 0.0
    for values in series {
      for start in stride(from: 0, to: values.count, by: length) {
        let value = figure(values[start..<(start + length)])
        sum += value * value
        count += 1
      }
    }
    return Mathematics.log(sum / count) / Mathematics.log(2)
  }

  /// The slope of the straight line through values at 0, 1, 2, ….
  private static func slope(_ values: [Double]) -> Double {
    let middle = Double(values.count - 1) / 2
    var (covariance, variance) = (0.0, 0.0)
    for (x, y) in values.enumerated() {
      covariance += (Double(x) - middle) * y
      variance += (Double(x) - middle) * (Double(x) - middle)
    }
    return covariance / variance
  }

  /// Where a function with one valley is lowest (golden section).
  private static func lowest(
    _ function: (Double) -> Double, from: Double, to: Double
  ) -> Double {
    let golden = (5.0.squareRoot() - 1) / 2
    var (a, b) = (from, to)
    while b - a > 1e-3 {
      let (left, right) = (b - golden * (b - a), a + golden * (b - a))
      if function(left) < function(right) { b = right } else { a = left }
    }
    return (a + b) / 2
  }
}
