//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The convention of all choices: the decision 0 is the quiet one (the lower bound, `false`, the
// first element, the order as given), so that a minimiser that lowers values makes runs simpler.

extension DecisionStream {
  /// A number below a bound: one decision.
  ///
  /// - Parameter bound: How many choices there are; at least 1.
  @inlinable
  public func uint64(below bound: UInt64) -> UInt64 {
    if bound == 0 { Self.trapNoChoice() }
    return decide(below: bound)
  }

  /// A number in a closed range, uniformly: one decision.
  @inlinable
  public func int(in range: ClosedRange<Int>) -> Int {
    // The full range has 2^64 values, which wraps to the bound 0: any 64-bit value.
    let count = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1
    return range.lowerBound &+ Int(truncatingIfNeeded: decide(below: count))
  }

  /// A number in a range, uniformly: one decision. The range must not be empty.
  @inlinable
  public func int(in range: Range<Int>) -> Int {
    if range.isEmpty { Self.trapNoChoice() }
    return int(in: range.lowerBound...(range.upperBound - 1))
  }

  /// A number in `0.0..<1.0` with 53 random bits: one decision.
  @inlinable
  public func double() -> Double { Double(decide(below: 1 << 53)) * 0x1p-53 }

  /// A number in a range, uniformly up to rounding: one decision.
  @inlinable
  public func double(in range: Range<Double>) -> Double {
    if range.isEmpty { Self.trapNoChoice() }
    let value = range.lowerBound + double() * (range.upperBound - range.lowerBound)
    return value < range.upperBound ? value : range.upperBound.nextDown
  }

  /// True or false with equal chances: one decision, where 1 is true.
  @inlinable
  public func bool() -> Bool { decide(below: 2) == 1 }

  /// True with a given probability: one decision in 0..<2^53, where high values are true.
  ///
  /// - Parameter probability: From 0 (never) to 1 (always), in steps of 2^-53. Values outside are
  ///   taken as 0 or 1, and NaN as 0.
  @inlinable @inline(__always)
  public func bool(probability: Double) -> Bool {
    decide(below: 1 << 53) >= Self.leastTrue(probability: probability)
  }

  /// The least decision in 0..<2^53 that ``bool(probability:)`` takes as true; 2^53 for none.
  @inlinable @inline(__always)
  package static func leastTrue(probability: Double) -> UInt64 {
    guard probability > 0 else { return 1 << 53 }
    guard probability < 1 else { return 0 }
    return (1 << 53) - UInt64(probability * 0x1p53)
  }

  /// A duration in a range, in whole nanoseconds from its lower bound: one decision.
  ///
  /// - Parameter range: At most 2^64 nanoseconds wide, which is 584 years.
  public func duration(in range: ClosedRange<Duration>) -> Duration {
    let width = (range.upperBound.attoseconds - range.lowerBound.attoseconds) / 1_000_000_000
    guard let nanoseconds = UInt64(exactly: width) else {
      fatalError("duration(in:) needs a range of at most 2^64 ns, not \(range)")
    }
    let drawn = decide(below: nanoseconds &+ 1)
    return range.lowerBound + Duration(attoseconds: Int128(drawn) * 1_000_000_000)
  }

  /// An element, uniformly: one decision. Nil, and no decision, for an empty collection.
  @inlinable
  public func element<C: Collection>(of collection: C) -> C.Element? {
    let count = collection.count
    guard count > 0 else { return nil }
    let offset = Int(decide(below: UInt64(count)))
    return collection[collection.index(collection.startIndex, offsetBy: offset)]
  }

  /// The elements in random order (Fisher and Yates): one decision for each element but the last.
  @inlinable
  public func shuffled<S: Sequence>(_ elements: S) -> [S.Element] {
    var array = Array(elements)
    shuffle(&array)
    return array
  }

  /// Shuffles an array in place (Fisher and Yates): one decision for each element but the last.
  @inlinable
  public func shuffle<Element>(_ array: inout [Element]) {
    guard array.count > 1 else { return }
    for i in 0..<(array.count - 1) {
      array.swapAt(i, i + Int(decide(below: UInt64(array.count - i))))
    }
  }

  @usableFromInline @inline(never)
  static func trapNoChoice() -> Never {
    fatalError("a DecisionStream was asked to choose from an empty range; nothing can be chosen")
  }
}
