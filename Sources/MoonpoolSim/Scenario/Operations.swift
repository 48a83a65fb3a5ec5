//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Which of its operations each workload uses in a run: `Operations(.swarm)`.
///
/// Workloads ask ``Cluster/alphabet(of:)``.
public struct Operations: ScenarioPart, Hashable {
  /// How a seed chooses.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// All of them.
    case all
    /// A subset that is never empty: a coin for each operation of each group of clients.
    case swarm
  }

  /// How a seed chooses.
  public var mode: Mode
  /// The probability, in `0...1`, that swarm leaves an operation on.
  public var probability: Double

  /// Creates a choice.
  public init(_ mode: Mode, probability: Double = 0.5) {
    self.mode = mode
    self.probability = probability
  }

  public func add(to scenario: inout Scenario) { scenario.operations = self }

  func validate() throws {
    try InvalidConfiguration.check(probability: probability, "operations.probability")
  }
}
