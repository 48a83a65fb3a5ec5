//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

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
