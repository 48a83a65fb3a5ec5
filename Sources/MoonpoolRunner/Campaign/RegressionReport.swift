//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What became of recipes that had failed in earlier campaigns.
public struct RegressionReport: Sendable, Hashable, Codable {
  /// How many were run.
  public var count: UInt64 = 0
  /// Those that fail again, by kind.
  public var failures: [FailureGroup] = []

  /// Creates an empty report.
  public init() {}

  /// How many fail again.
  public var failedCount: UInt64 { failures.reduce(0) { $0 + $1.count } }

  /// `regressions: 12 seeds, 1 fails again`.
  public var line: String {
    let failed = failedCount
    let verdict = failed == 0 ? "none fails" : failed == 1 ? "1 fails" : "\(failed.grouped) fail"
    return "regressions: \(count.grouped) \(count == 1 ? "seed" : "seeds"), \(verdict) again"
  }

  /// Takes in one of them.
  mutating func add(_ outcome: SeedOutcome) {
    count += 1
    guard let failure = outcome.failure else { return }
    if let known = failures.firstIndex(where: { $0.signature == failure.signature }) {
      failures[known].add(outcome)
    } else {
      failures.append(FailureGroup(outcome, failure))
    }
  }
}
