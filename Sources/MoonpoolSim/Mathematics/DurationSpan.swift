//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// A range of durations to draw from, uniformly, in nanoseconds: divided once, not at each draw.
struct DurationSpan: Hashable {
  let first: UInt64
  /// How many there are.
  let count: UInt64

  /// Durations are clamped to 0...2^63 - 1 ns.
  init(_ range: ClosedRange<Duration>) {
    first = Self.nanoseconds(range.lowerBound)
    count = Self.nanoseconds(range.upperBound) - first + 1
  }

  /// One decision.
  func draw(from stream: DecisionStream) -> UInt64 { first + stream.uint64(below: count) }

  /// One decision, or none if there is no choice.
  @inline(__always)
  func drawIfUncertain(from stream: DecisionStream) -> UInt64 {
    count == 1 ? first : draw(from: stream)
  }

  static let longest = UInt64(Int64.max)

  static func nanoseconds(_ duration: Duration) -> UInt64 {
    min(duration.clampedNanoseconds, longest)
  }
}
