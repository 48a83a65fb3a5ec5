//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

/// The largest error of the wall clocks that was seen in a run, against what was promised.
///
/// Between two changes an error only grows or only shrinks, so it is enough to look just before
/// each change, just after it, and at the end.
public struct ClockErrorRecord: Sendable, Hashable, CustomStringConvertible {
  /// The largest distance from true time, in nanoseconds.
  public private(set) var largest: UInt64 = 0
  /// When it was seen, in nanoseconds of virtual time.
  public private(set) var instant: UInt64 = 0
  /// The number of the process whose clock it was; nil if no clock was ever wrong.
  public private(set) var process: Int?
  /// What was promised, in nanoseconds; nil for nothing.
  public let bound: UInt64?

  /// Starts a record against the bound of a configuration.
  public init(_ faults: ClockFaults) { bound = faults.maxError?.clampedNanoseconds }

  /// Whether a clock was further off than promised.
  public var isExceeded: Bool { bound.map { largest > $0 } ?? false }

  /// Looks at the clocks of a process, at an instant in nanoseconds of virtual time.
  public mutating func observe(_ clock: ClockModel, process: Int, at now: UInt64) {
    let error = clock.error(at: now).magnitude
    guard error > largest else { return }
    largest = error
    instant = now
    self.process = process
  }

  /// One line for the report.
  public var description: String {
    let seen = process.map {
      "largest error \(Self.text(largest)) (process \($0), at \(Self.text(instant)))"
    }
    let promised = bound.map {
      ", \(isExceeded ? "more than" : "within") the promised \(Self.text($0))"
    }
    return "clocks: \(seen ?? "no error")\(promised ?? "")"
  }

  private static func text(_ nanoseconds: UInt64) -> String {
    Duration(nanoseconds: nanoseconds).secondsText
  }
}
