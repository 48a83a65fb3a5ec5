//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// A latency shape in integers, for the hot path: durations are divided once, not at each draw.
package struct LatencySampler: Sendable {
  private enum Shape {
    case fixed(UInt64)
    case uniform(DurationSpan)
    case exponential(minimum: UInt64, mean: Double)
    case bimodal(fast: DurationSpan, slow: DurationSpan, slowProbability: Double)
  }

  private let shape: Shape
  /// What it always is, in nanoseconds; nil if it is drawn.
  let constant: UInt64?

  /// Prepares a shape; durations are clamped to 0...2^63 - 1 ns.
  package init(_ shape: LatencyShape) {
    self.shape =
      switch shape {
      case .fixed(let duration): .fixed(DurationSpan.nanoseconds(duration))
      case .uniform(let range): .uniform(DurationSpan(range))
      case .exponential(let minimum, let mean):
        .exponential(
          minimum: DurationSpan.nanoseconds(minimum), mean: Double(DurationSpan.nanoseconds(mean)))
      case .bimodal(let fast, let slow, let slowProbability):
        .bimodal(
          fast: DurationSpan(fast), slow: DurationSpan(slow), slowProbability: slowProbability)
      }
    constant = if case .fixed(let time) = self.shape { time } else { nil }
  }

  /// Draws a latency in nanoseconds, 0...2^63 - 1.
  package func nanoseconds(from stream: DecisionStream) -> UInt64 {
    switch shape {
    case .fixed(let time): return time
    case .uniform(let span): return span.draw(from: stream)
    case .exponential(let minimum, let mean):
      let excess = (mean * stream.exponential()).rounded(.toNearestOrEven)
      guard excess < 0x1p63 else { return DurationSpan.longest }
      return min(minimum + UInt64(excess), DurationSpan.longest)
    case .bimodal(let fast, let slow, let slowProbability):
      let isSlow = stream.bool(probability: slowProbability)
      return (isSlow ? slow : fast).draw(from: stream)
    }
  }
}
