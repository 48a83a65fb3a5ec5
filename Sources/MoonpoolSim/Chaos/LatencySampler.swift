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
    case uniform(Span)
    case exponential(minimum: UInt64, mean: Double)
    case bimodal(fast: Span, slow: Span, slowProbability: Double)
  }

  private struct Span {
    let first: UInt64
    let count: UInt64

    init(_ range: ClosedRange<Duration>) {
      first = LatencySampler.nanoseconds(range.lowerBound)
      count = LatencySampler.nanoseconds(range.upperBound) - first + 1
    }

    func draw(_ stream: DecisionStream) -> UInt64 { first + stream.uint64(below: count) }
  }

  private let shape: Shape
  /// What it always is, in nanoseconds; nil if it is drawn.
  let constant: UInt64?

  /// Prepares a shape; durations are clamped to 0...2^63 - 1 ns.
  package init(_ shape: LatencyShape) {
    self.shape =
      switch shape {
      case .fixed(let duration): .fixed(Self.nanoseconds(duration))
      case .uniform(let range): .uniform(Span(range))
      case .exponential(let minimum, let mean):
        .exponential(
          minimum: Self.nanoseconds(minimum), mean: Double(Self.nanoseconds(mean)))
      case .bimodal(let fast, let slow, let slowProbability):
        .bimodal(fast: Span(fast), slow: Span(slow), slowProbability: slowProbability)
      }
    constant = if case .fixed(let time) = self.shape { time } else { nil }
  }

  /// Draws a latency in nanoseconds, 0...2^63 - 1.
  package func nanoseconds(from stream: DecisionStream) -> UInt64 {
    switch shape {
    case .fixed(let time): return time
    case .uniform(let span): return span.draw(stream)
    case .exponential(let minimum, let mean):
      let excess = (mean * stream.exponential()).rounded(.toNearestOrEven)
      guard excess < 0x1p63 else { return Self.longest }
      return min(minimum + UInt64(excess), Self.longest)
    case .bimodal(let fast, let slow, let slowProbability):
      let isSlow = stream.bool(probability: slowProbability)
      return (isSlow ? slow : fast).draw(stream)
    }
  }

  private static let longest = UInt64(Int64.max)

  private static func nanoseconds(_ duration: Duration) -> UInt64 {
    min(duration.clampedNanoseconds, longest)
  }
}
