//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolAssertions

// The values are compared as they are, and noted as 64 bits, clamped.

/// Claims that a value is greater than another whenever this line is reached.
///
/// And that it is reached, as ``assertAlways(_:_:_:file:line:)``. The report also has the value
/// that came nearest to failing, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertAlways<Value: BinaryInteger>(
  _ value: Value, isGreaterThan other: Value, _ message: StaticString,
  _ detail: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .alwaysGreaterThan, value, other, value > other, message, detail, file, line)
}

/// Claims that a value is at least another whenever this line is reached.
///
/// And that it is reached, as ``assertAlways(_:_:_:file:line:)``. The report also has the value
/// that came nearest to failing, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertAlways<Value: BinaryInteger>(
  _ value: Value, isAtLeast other: Value, _ message: StaticString,
  _ detail: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .alwaysAtLeast, value, other, value >= other, message, detail, file, line)
}

/// Claims that a value is less than another whenever this line is reached.
///
/// And that it is reached, as ``assertAlways(_:_:_:file:line:)``. The report also has the value
/// that came nearest to failing, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertAlways<Value: BinaryInteger>(
  _ value: Value, isLessThan other: Value, _ message: StaticString,
  _ detail: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .alwaysLessThan, value, other, value < other, message, detail, file, line)
}

/// Claims that a value is at most another whenever this line is reached.
///
/// And that it is reached, as ``assertAlways(_:_:_:file:line:)``. The report also has the value
/// that came nearest to failing, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertAlways<Value: BinaryInteger>(
  _ value: Value, isAtMost other: Value, _ message: StaticString,
  _ detail: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .alwaysAtMost, value, other, value <= other, message, detail, file, line)
}

/// Claims that a value is greater than another at least once in a campaign.
///
/// The report has the value that came nearest, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertSometimes<Value: BinaryInteger>(
  _ value: Value, isGreaterThan other: Value, _ message: StaticString,
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .sometimesGreaterThan, value, other, value > other, message, { "" }, file, line)
}

/// Claims that a value is at least another at least once in a campaign.
///
/// The report has the value that came nearest, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertSometimes<Value: BinaryInteger>(
  _ value: Value, isAtLeast other: Value, _ message: StaticString,
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .sometimesAtLeast, value, other, value >= other, message, { "" }, file, line)
}

/// Claims that a value is less than another at least once in a campaign.
///
/// The report has the value that came nearest, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertSometimes<Value: BinaryInteger>(
  _ value: Value, isLessThan other: Value, _ message: StaticString,
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .sometimesLessThan, value, other, value < other, message, { "" }, file, line)
}

/// Claims that a value is at most another at least once in a campaign.
///
/// The report has the value that came nearest, and an exploration looks for nearer ones.
@inlinable @inline(__always)
public func assertSometimes<Value: BinaryInteger>(
  _ value: Value, isAtMost other: Value, _ message: StaticString,
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.compare(
    .sometimesAtMost, value, other, value <= other, message, { "" }, file, line)
}

extension Assertions {
  @inlinable @inline(__always)
  static func compare<Value: BinaryInteger>(
    _ kind: AssertionKind, _ value: Value, _ other: Value, _ holds: Bool,
    _ message: StaticString, _ detail: () -> String, _ file: StaticString, _ line: UInt32
  ) {
    if let site = find(kind, message, file, line) {
      if holds && site.pointee.run.passes > 0 {
        site.pointee.run.passes &+= 1
      } else {
        // Before anything is noted: the words may trap, and then this was no evaluation.
        count(site, kind, holds, holds ? "" : describe(value, other, detail()))
      }
      note(site, kind, Int64(clamping: value))
    } else if mp_assertions_are_observed() {
      let detail = holds ? "" : describe(value, other, detail())
      tellObserver(kind, holds, message, file, line, detail)
    }
  }

  /// Takes in a value if it is nearer than all before it in this run, which is rare.
  @inlinable @inline(__always)
  static func note(
    _ site: UnsafeMutablePointer<mp_assertion_site>, _ kind: AssertionKind, _ value: Int64
  ) {
    let best = site.pointee.run.best
    let isKnown = kind.keepsLeast ? value >= best : value <= best
    if isKnown && site.pointee.run.has_best { return }
    mp_assertion_note(site, value, 0, kind.keepsLeast)
  }

  @usableFromInline @inline(never)
  static func describe(
    _ value: some BinaryInteger, _ other: some BinaryInteger, _ detail: String
  ) -> String {
    "\(value) against \(other)" + (detail.isEmpty ? "" : ", \(detail)")
  }
}
