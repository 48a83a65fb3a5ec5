//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a strategy knows when a run begins.
public struct StrategyContext: Sendable {
  /// The seed that the run starts under.
  public let seed: UInt64
  /// The stream `scheduling`, for parameters that are drawn once.
  public let decisions: DecisionStream

  package init(seed: UInt64, decisions: DecisionStream) {
    self.seed = seed
    self.decisions = decisions
  }
}
