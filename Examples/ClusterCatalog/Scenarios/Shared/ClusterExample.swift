//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolSim

/// A distributed system, correct and with one mistake in it, and what finds the mistake.
public struct ClusterExample: Sendable {
  /// The name that a command line uses.
  public let name: String
  /// The mistake, in one line.
  public let summary: String
  /// How it works, and what goes wrong, in a few sentences.
  public let story: String
  /// What has to go wrong from outside, at the least, for the mistake to show.
  public let essentialFaults: [String]
  /// What the mistake violates, in the words of the report.
  public let property: String
  /// The system as it should be. Passes, whatever happens.
  public let correct: Scenario
  /// The system with the mistake.
  public let buggy: Scenario

  /// All examples, in the order in which they are best read.
  public static let all: [ClusterExample] = [
    replicatedRegister, keyValueStore, leaderElection, threeDatacenters, transactionStore,
  ]

  /// The example of that name, or nil.
  public static func named(_ name: String) -> ClusterExample? {
    all.first { $0.name == name }
  }
}
