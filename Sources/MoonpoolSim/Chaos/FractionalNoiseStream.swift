//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// Fractional Gaussian noise, one value after the other (Hosking, 1984; Durbin and Levinson).
///
/// Each value is one decision, and nothing is drawn ahead. The covariances are exact as far as the
/// memory reaches; beyond it they follow from those, as an autoregression's do. A value costs time
/// in proportion to the ones before it, as far as the memory reaches.
package struct FractionalNoiseStream {
  private let memory: Int
  private var nextCovariances: NoiseCovariances
  private var covariances: [Double] = [1]
  /// The best prediction of the next value: the weight of the last value, of the one before, ….
  private var weights: [Double] = []
  /// What remains unknown of the next value, as a variance.
  private var variance = 1.0
  /// The last values, as far as the memory reaches and at most once more.
  private var values: [Double] = []

  /// Starts a series.
  ///
  /// - Parameters:
  ///   - hurst: Above 0 and below 1.
  ///   - memory: How many values back the dependence is exact.
  package init(hurst: Double, memory: Int = 1_024) {
    precondition(0 < hurst && hurst < 1, "a Hurst exponent is between 0 and 1, not \(hurst)")
    precondition(memory >= 1, "a noise stream needs a memory of at least 1, not \(memory)")
    self.memory = memory
    nextCovariances = NoiseCovariances(hurst: hurst)
  }

  /// The next value: one decision. The higher the decision, the higher the value.
  package mutating func next(from stream: DecisionStream) -> Double {
    if !values.isEmpty, weights.count < memory { extendWeights() }
    var expected = 0.0
    weights.withUnsafeBufferPointer { weights in
      values.withUnsafeBufferPointer { values in
        var index = values.count - 1
        for weight in weights {
          expected += weight * values[index]
          index -= 1
        }
      }
    }
    let value = expected + variance.squareRoot() * stream.gaussian()
    if values.count >= 2 * memory { values.removeFirst(values.count - memory) }
    values.append(value)
    return value
  }

  /// Makes the prediction look one value further back.
  private mutating func extendWeights() {
    let count = weights.count
    covariances.append(nextCovariances.next())
    var reflection = 0.0
    weights.withUnsafeMutableBufferPointer { weights in
      covariances.withUnsafeBufferPointer { covariances in
        var sum = covariances[count + 1]
        for j in 0..<count { sum -= weights[j] * covariances[count - j] }
        reflection = sum / variance
      }
      var (low, high) = (0, count - 1)
      while low < high {
        let (a, b) = (weights[low], weights[high])
        weights[low] = a - reflection * b
        weights[high] = b - reflection * a
        low += 1
        high -= 1
      }
      if low == high { weights[low] -= reflection * weights[low] }
    }
    weights.append(reflection)
    // Never 0 but by rounding, close to H = 1.
    variance = max(variance * (1 - reflection * reflection), 0x1p-40)
  }
}
