//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a power failure leaves of the effects that no sync has made durable.
public struct CrashModel: Sendable, Hashable {
  /// Which of the unsynced effects survive.
  public enum Survival: Sendable, Hashable, CaseIterable {
    /// None: the disk is as the last syncs left it.
    case nothing
    /// Those before some instant, in the order in which they were made.
    case prefix
    /// Any that can: sectors of one write apart, later writes without earlier ones, sizes without
    /// data, names without files. A rename is there or not, never half.
    case anySubset
    /// All: the process was killed, the machine runs on. They stay unsynced.
    case everything
  }

  /// Which of the unsynced effects survive.
  public var survival: Survival
  /// The probability for an unsynced sector to be new up to some byte and old behind it.
  public var tornSectorProbability: Double
  /// The probability for a lost sector, in space the file has grown into, to hold arbitrary bytes
  /// instead of zeros.
  public var uninitialisedSectorProbability: Double
  /// The probability, for each page with unsynced sectors, that a bit of one of them flips.
  public var corruptionProbability: Double

  /// Creates a model; without arguments, any subset of whole sectors survives.
  public init(
    survival: Survival = .anySubset, tornSectorProbability: Double = 0,
    uninitialisedSectorProbability: Double = 0, corruptionProbability: Double = 0
  ) {
    self.survival = survival
    self.tornSectorProbability = tornSectorProbability
    self.uninitialisedSectorProbability = uninitialisedSectorProbability
    self.corruptionProbability = corruptionProbability
  }
}
