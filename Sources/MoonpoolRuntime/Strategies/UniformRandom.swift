//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Every runnable job has the same chance: one decision per choice.
public struct UniformRandom: SchedulingStrategy {
  /// Makes the strategy.
  public init() {}

  /// Any runnable job.
  @inlinable @inline(__always)
  public mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int {
    Int(truncatingIfNeeded: decisions.decide(below: UInt64(runnable.count)))
  }

  /// `uniform`.
  public var description: String { "uniform" }
}
