//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolAssertions

/// True now and then in a simulation whose scenario says so; false everywhere else.
///
/// It marks a place where something rare but legal may be made likely: a cache that is dropped, a
/// timeout that fires early, a batch of one.
///
/// ```swift
/// if buggify() { try await node.clock.sleep(for: .seconds(1)) }
/// ```
///
/// A place is armed or not for a whole run, as its seed decides, and fires at some of its visits
/// while the chaos phase lasts. In production a call is one load and a branch.
///
/// The place is the line. It moves when lines are added above it, and then the same seed means
/// another run; ``buggify(named:probability:)`` doesn't.
@inlinable @inline(__always)
public func buggify(file: StaticString = #fileID, line: UInt = #line) -> Bool {
  guard let buggify = mp_buggify_here() else { return false }
  return BuggifyPlace(file, line).fires(buggify, .nan)
}

/// As ``buggify(file:line:)``, but fires with its own probability once it is armed.
///
/// - Parameter probability: From 0 to 1, per visit; values outside are taken as 0 or 1, NaN as 0.
@inlinable @inline(__always)
public func buggify(
  probability: Double, file: StaticString = #fileID, line: UInt = #line
) -> Bool {
  guard let buggify = mp_buggify_here() else { return false }
  return BuggifyPlace(file, line).fires(buggify, probability.isNaN ? 0 : probability)
}

/// As ``buggify(file:line:)``, for a place that keeps its name wherever it moves.
///
/// Places with the same name are one.
///
/// - Parameter probability: From 0 to 1, per visit, once it is armed; nil: as the scenario says.
@inlinable @inline(__always)
public func buggify(named name: StaticString, probability: Double? = nil) -> Bool {
  guard let buggify = mp_buggify_here() else { return false }
  return BuggifyPlace(name, nil).fires(buggify, probability.map { $0.isNaN ? 0 : $0 } ?? .nan)
}

/// A setting: `standard`, or any number of `range` where ``buggify(file:line:)`` would be true.
public func buggifyKnob(
  _ standard: Int, in range: ClosedRange<Int>, file: StaticString = #fileID, line: UInt = #line
) -> Int {
  // The full range has 2^64 values, which wraps to the bound 0: any 64-bit value.
  let count = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1
  guard let drawn = BuggifyPlace(file, line).draw(below: count) else { return standard }
  return range.lowerBound &+ Int(truncatingIfNeeded: drawn)
}

/// A setting: `standard`, or any number of `range` where ``buggify(file:line:)`` would be true.
///
/// - Parameter range: Its ends are finite; in a simulation others are a programmer's error.
public func buggifyKnob(
  _ standard: Double, in range: ClosedRange<Double>, file: StaticString = #fileID,
  line: UInt = #line
) -> Double {
  guard mp_buggify_here() != nil else { return standard }
  // Not a precondition: in release those say nothing.
  if !range.lowerBound.isFinite || !range.upperBound.isFinite {
    fatalError("the range of a buggify knob has finite ends, not \(range)")
  }
  guard let drawn = BuggifyPlace(file, line).draw(below: 1 << 53) else { return standard }
  let part = Double(drawn) * 0x1p-53
  let width = range.upperBound - range.lowerBound
  let value =
    width.isFinite
    ? range.lowerBound + part * width
    : range.lowerBound * (1 - part) + range.upperBound * part
  return min(value, range.upperBound)
}

/// A setting: `standard`, or any time of `range` where ``buggify(file:line:)`` would be true.
///
/// - Parameter range: At most 2^64 nanoseconds wide, which is 584 years; in a simulation a wider
///   one is a programmer's error.
public func buggifyKnob(
  _ standard: Duration, in range: ClosedRange<Duration>, file: StaticString = #fileID,
  line: UInt = #line
) -> Duration {
  guard mp_buggify_here() != nil else { return standard }
  let width = (range.upperBound - range.lowerBound).attoseconds / 1_000_000_000
  guard let nanoseconds = UInt64(exactly: width) else {
    fatalError("the range of a buggify knob is at most 2^64 ns wide, unlike \(range)")
  }
  guard let drawn = BuggifyPlace(file, line).draw(below: nanoseconds &+ 1) else { return standard }
  return range.lowerBound + Duration(attoseconds: Int128(drawn) * 1_000_000_000)
}
