//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Jobs run in the order in which they become runnable: no decisions.
public struct FirstInFirstOut: SchedulingStrategy {
  /// Makes the strategy.
  public init() {}

  /// The job that has waited longest.
  @inlinable @inline(__always)
  public mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int { 0 }

  /// `fifo`.
  public var description: String { "fifo" }
}
