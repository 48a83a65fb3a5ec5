//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// Which families of faults a run has.
public enum ChaosMode: String, Sendable, Hashable, CaseIterable {
  /// None.
  case off
  /// All of them, with figures that the seed chooses.
  case random
  /// Those of `random` that a coin per seed and family leaves on.
  ///
  /// A run in which half of the faults are missing goes deeper with the others, which finds bugs
  /// that the mixture of all hides (Groce and others, "Swarm testing", 2012).
  case swarm
}

extension ChaosMode {
  /// Of the families that may be on, those that a run has.
  ///
  /// Swarm tosses a coin for each. It comes from a stream that is named after its family, one
  /// decision of which 0 is off: another family, or another order, changes no coin. The other modes
  /// toss none.
  ///
  /// - Parameters:
  ///   - path: A family's name in streams: `network.clog`.
  ///   - stream: Makes the streams.
  package func chosen<Family: CaseIterable & Hashable>(
    of families: Set<Family>, named path: (Family) -> String,
    stream: (StreamKey) -> DecisionStream = { Simulation.decisions($0) }
  ) -> Set<Family> {
    guard self == .swarm else { return families }
    return Set(
      Family.allCases.filter {
        families.contains($0) && stream(.swarm(family: path($0))).bool()
      })
  }
}
