//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A node's random numbers. Copies draw from the same source.
///
/// As a `RandomNumberGenerator` it serves the standard library's `random(in:using:)`; its own
/// methods do not need `inout`, and a simulation records each as one decision among the true
/// number of choices.
public struct RandomSource: RandomNumberGenerator, Sendable {
  @usableFromInline let provider: any RandomProvider

  /// Creates the source of a provider.
  public init(provider: any RandomProvider) { self.provider = provider }

  /// 64 random bits.
  @inlinable
  public func next() -> UInt64 { provider.next() }

  /// An integer in a half-open range that is not empty.
  @inlinable
  public func int<I: FixedWidthInteger & Sendable>(in range: Range<I>) -> I {
    precondition(!range.isEmpty, "RandomSource.int(in:) needs a range that is not empty")
    let width = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound)
    return range.lowerBound &+ I(truncatingIfNeeded: provider.next(below: width))
  }

  /// An integer in a closed range.
  @inlinable
  public func int<I: FixedWidthInteger & Sendable>(in range: ClosedRange<I>) -> I {
    let width = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound) &+ 1
    let drawn = width == 0 ? provider.next() : provider.next(below: width)
    return range.lowerBound &+ I(truncatingIfNeeded: drawn)
  }

  /// A number in 0..<1, uniformly among the multiples of 2^-53.
  @inlinable
  public func unit() -> Double { Double(provider.next(below: 1 << 53)) * 0x1p-53 }

  /// True with the given probability, 0...1.
  @inlinable
  public func bool(probability: Double = 0.5) -> Bool {
    precondition((0...1).contains(probability), "a probability must be in 0...1")
    return unit() < probability
  }

  /// A duration in a range, in whole nanoseconds.
  @inlinable
  public func duration(in range: ClosedRange<Duration>) -> Duration {
    let width = range.upperBound - range.lowerBound
    let (seconds, attoseconds) = width.components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    return range.lowerBound + .nanoseconds(Int64(int(in: 0...nanoseconds)))
  }

  /// An element, uniformly; nil of an empty collection.
  @inlinable
  public func element<C: Collection>(of collection: C) -> C.Element? {
    let count = collection.count
    guard count > 0 else { return nil }
    let offset = Int(provider.next(below: UInt64(count)))
    return collection[collection.index(collection.startIndex, offsetBy: offset)]
  }

  /// The elements in random order.
  @inlinable
  public func shuffled<S: Sequence>(_ elements: S) -> [S.Element] {
    var array = Array(elements)
    for i in array.indices.dropLast() {
      array.swapAt(i, i + Int(provider.next(below: UInt64(array.count - i))))
    }
    return array
  }
}
