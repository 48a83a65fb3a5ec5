//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The first decision in which a run differs from the log that it follows.
public struct Divergence: Hashable, Sendable, CustomStringConvertible {
  /// One decision as the log or the run has it.
  public struct Side: Hashable, Sendable, CustomStringConvertible {
    /// The stream that it was drawn from.
    public var stream: StreamKey
    /// Birth number of the task that was running; 0 if none was.
    public var task: UInt32
    /// How many choices there were; 0 for all 64-bit values.
    public var bound: UInt64
    /// What was chosen.
    public var value: UInt64

    /// Makes one side of a divergence.
    public init(stream: StreamKey, task: UInt32, bound: UInt64, value: UInt64) {
      self.stream = stream
      self.task = task
      self.bound = bound
      self.value = value
    }

    /// Such as `2 of 5 from scheduling in task 3`.
    public var description: String {
      let of = bound == 0 ? "of 2^64" : "of \(bound)"
      return "\(value) \(of) from \(stream)" + (task == 0 ? "" : " in task \(task)")
    }
  }

  /// The number of the decision, from 1.
  public var number: UInt64
  /// What the log has; nil when the log has ended.
  public var expected: Side?
  /// What the run did; nil when the run has ended.
  public var actual: Side?

  /// Makes a divergence.
  public init(number: UInt64, expected: Side?, actual: Side?) {
    self.number = number
    self.expected = expected
    self.actual = actual
  }

  /// One line that says which decision differs and how.
  public var description: String {
    let wanted = expected.map(String.init(describing:)) ?? "the end of the log"
    let got = actual.map(String.init(describing:)) ?? "the end of the run"
    return "decision #\(number) differs: expected \(wanted), got \(got)"
  }
}
