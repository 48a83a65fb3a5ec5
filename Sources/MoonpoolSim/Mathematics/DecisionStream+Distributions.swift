//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

extension DecisionStream {
  /// A number of the exponential distribution with mean 1, at most 36.8: one decision.
  ///
  /// The decision 0 is the smallest value: a latency without delay.
  package func exponential() -> Double {
    -Mathematics.log(1 - Double(uint64(below: 1 << 53)) * 0x1p-53)
  }

  /// A waiting time of the exponential distribution with mean 1, at most 36.8: one decision.
  ///
  /// The decision 0 is the largest value: an event that is far away.
  package func waiting() -> Double {
    -Mathematics.log(Double(uint64(below: 1 << 53) + 1) * 0x1p-53)
  }

  /// A number of the standard normal distribution, within ±8.21: one decision.
  ///
  /// It grows with the decision, and 0 is the lowest.
  package func gaussian() -> Double {
    Mathematics.normalQuantile((Double(uint64(below: 1 << 52)) + 0.5) * 0x1p-52)
  }

  /// A number in `-limit...limit`, uniformly: one decision, which counts outwards from 0.
  ///
  /// - Parameter limit: From 0 to 2^62.
  package func deviation(upTo limit: Int) -> Int {
    precondition(0...(1 << 62) ~= limit, "a deviation needs a limit of 0...2^62, not \(limit)")
    let drawn = uint64(below: 2 * UInt64(limit) + 1)
    let distance = Int(drawn / 2)
    return drawn & 1 == 0 ? distance : -distance - 1
  }

  /// An index, each as likely as its weight: one decision, of which 0 is the first.
  ///
  /// - Parameter weights: At least one, 0 or more each, and not all 0.
  package func index(weights: [Double]) -> Int {
    var remaining = double() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return index }
    }
    // Rounding can leave a remainder of 0 at the very end.
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
