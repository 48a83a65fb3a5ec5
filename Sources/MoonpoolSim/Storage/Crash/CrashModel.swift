//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a crash does to the effects that no sync has made durable.
package struct CrashModel: Sendable, Hashable {
  /// Which of them survive.
  var survival: CrashSurvival
  /// The probability for an unsynced sector to be new up to some byte and old behind it.
  var tornSectorProbability: Double
  /// The probability for a lost sector, in space the file has grown into, to hold arbitrary bytes.
  var uninitialisedSectorProbability: Double
  /// The probability, for each page with unsynced sectors, that a bit of one of them flips.
  var corruptionProbability: Double

  /// Creates a model; without arguments, any subset of whole sectors survives.
  package init(
    survival: CrashSurvival = .anySubset, tornSectorProbability: Double = 0,
    uninitialisedSectorProbability: Double = 0, corruptionProbability: Double = 0
  ) {
    self.survival = survival
    self.tornSectorProbability = tornSectorProbability
    self.uninitialisedSectorProbability = uninitialisedSectorProbability
    self.corruptionProbability = corruptionProbability
  }
}
