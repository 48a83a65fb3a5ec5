//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Chooses which runnable job is next.
///
/// The scheduler makes one copy of a strategy for each run. It calls `begin(_:)` once, then
/// `select(from:decisions:)` whenever two or more jobs can run. A job that is alone runs without a
/// question: `RunnableJobs.step` counts it.
///
/// - Note: Determinism: choose by nothing but the runnable jobs, the strategy's own state and
///   decisions from the stream. Never by addresses or hash values.
public protocol SchedulingStrategy: Sendable, CustomStringConvertible {
  /// Prepares for a run, and draws what the strategy draws once per run.
  mutating func begin(_ context: StrategyContext)

  /// Chooses one of the runnable jobs.
  ///
  /// - Parameters:
  ///   - runnable: The jobs, at least two of them. Good until this call returns.
  ///   - decisions: The stream `scheduling`. Its `reseedCount` changes at a breakpoint: what was
  ///     drawn for the future should then be drawn again.
  /// - Returns: The index of the job that runs next, in `0..<runnable.count`.
  mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int
}

extension SchedulingStrategy {
  /// Does nothing.
  public mutating func begin(_ context: StrategyContext) {}
}
