//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// What goes wrong with disks while a chaos phase lasts: `Chaos { StorageFaults(.swarm) }`.
///
/// Corruption is asked for each sector that an operation touches, other faults of operations for
/// each operation, and those of reboots for each reboot. Stalls and throttling come with time,
/// whether the disk is busy or not. Clients' disks are spared. When the phase ends, the disks are
/// well: what is damaged stays damaged, but nothing strikes any more.
///
/// Each family draws from streams of its own. Switching one off leaves when and where the others
/// strike as it was, as long as the program asks the same of its disk.
public struct StorageFaults: Sendable, Hashable {
  /// Faults that begin at a rate, per process and second, and end after a while.
  public typealias Windows = FaultWindows

  /// How each seed chooses the figures below; `off`: they are as they stand here.
  public let mode: ChaosMode
  /// The families that may be on, of ``StorageFaultFamily/injected``.
  ///
  /// With figures of your own all of these; with drawn ones all but
  /// ``StorageFaultFamily/unsurvivable``, which have to be asked for with ``with(_:)``.
  public var families: Set<StorageFaultFamily>

  /// The probability, for each sector read, that a bit of it flips and stays so.
  public var readCorruptionProbability = 0.0
  /// The probability, for each sector read, that a bit of what is returned flips.
  public var transientReadCorruptionProbability = 0.0
  /// The probability, for each sector written, that a bit of it flips.
  public var writeCorruptionProbability = 0.0
  /// The probability that a read returns what is somewhere else.
  public var misdirectedReadProbability = 0.0
  /// The probability that a write lands somewhere else; its own place keeps what it had.
  public var misdirectedWriteProbability = 0.0
  /// The probability that a write is reported as done, but neither data nor size change.
  public var phantomWriteProbability = 0.0
  /// The probability that a sync of a file or directory throws `inputOutput`.
  public var syncFailureProbability = 0.0
  /// A failed sync leaves its data unsynced, so that the next sync writes it. If false, it marks it
  /// clean, as Linux does since 4.13: the next sync succeeds, and the data is still not durable.
  public var failedSyncKeepsDirtyData = false
  /// The probability that a sync is reported as done, but makes nothing durable.
  public var lyingSyncProbability = 0.0
  /// The probability that a read throws `inputOutput`.
  public var readErrorProbability = 0.0
  /// The probability that a write throws `inputOutput`, having written nothing.
  public var writeErrorProbability = 0.0
  /// The probability that a write finds the volume full: it takes only what needs no new room.
  public var noSpaceProbability = 0.0

  /// See ``StorageFaultFamily/stall``.
  public var stall = Windows()
  /// See ``StorageFaultFamily/throttle``.
  public var throttle = Windows()
  /// How many times fewer operations a throttled disk does in a second; at least 1.
  public var throttleIOPSDivisor = 1
  /// How many times fewer bytes a throttled disk moves in a second; at least 1.
  public var throttleBandwidthDivisor = 1

  /// The probability for an unsynced sector to be new up to some byte and old behind it, when the
  /// power fails.
  public var tornSectorProbability = 0.0
  /// The probability for a sector lost to a power failure, in space the file has grown into, to
  /// hold arbitrary bytes instead of zeros.
  public var uninitialisedSectorProbability = 0.0
  /// The probability, for each page with unsynced sectors, that a bit of one of them flips when the
  /// power fails.
  public var crashCorruptionProbability = 0.0
  /// The probability, at each reboot of a machine, of coming up with the disk of another one that
  /// is down.
  public var wrongDiskProbability = 0.0
  /// The probability, at each reboot of a machine, of coming up with an empty disk.
  public var wipeProbability = 0.0

  /// How the faults of one zone come in cascades: probabilities and rates vary with its storms.
  ///
  /// With the same correlation as ``NetworkFaults``, disks and network meet the same storms.
  public var correlation: FaultCorrelation

  /// Figures that each seed draws with ``random(from:)``; swarm tosses a coin for each family.
  ///
  /// What is set in the fields of such a value has no effect, except ``families`` and
  /// ``correlation``. A system that keeps one copy of its data survives none of
  /// ``StorageFaultFamily/damaging``: take them out with ``without(_:)``.
  public init(_ mode: ChaosMode, correlation: FaultCorrelation = .none) {
    self.mode = mode
    self.correlation = correlation
    families = StorageFaultFamily.injected
    if mode != .off { families.subtract(StorageFaultFamily.unsurvivable) }
  }

  /// Figures of your own; nothing is on until you set a probability or a rate.
  public init() { self.init(.off) }

  /// The same without some families.
  public func without(_ masked: StorageFaultFamily...) -> StorageFaults { without(Set(masked)) }

  /// The same without some families, such as ``StorageFaultFamily/damaging``.
  public func without(_ masked: Set<StorageFaultFamily>) -> StorageFaults {
    var copy = self
    copy.families.subtract(masked)
    return copy
  }

  /// The same with some families that are on only if they are asked for.
  public func with(_ wanted: StorageFaultFamily...) -> StorageFaults {
    var copy = self
    copy.families.formUnion(wanted)
    return copy
  }

  /// How likely a family strikes when it is asked for; 0 if it is off or comes at a rate.
  func probability(of family: StorageFaultFamily) -> Double {
    guard families.contains(family) else { return 0 }
    return switch family {
    case .readCorruption: readCorruptionProbability
    case .transientReadCorruption: transientReadCorruptionProbability
    case .writeCorruption: writeCorruptionProbability
    case .misdirectedRead: misdirectedReadProbability
    case .misdirectedWrite: misdirectedWriteProbability
    case .phantomWrite: phantomWriteProbability
    case .syncFailure: syncFailureProbability
    case .lyingSync: lyingSyncProbability
    case .readError: readErrorProbability
    case .writeError: writeErrorProbability
    case .noSpace: noSpaceProbability
    case .tornSector: tornSectorProbability
    case .uninitialisedSector: uninitialisedSectorProbability
    case .crashCorruption: crashCorruptionProbability
    case .wrongDisk: wrongDiskProbability
    case .wipe: wipeProbability
    case .stall, .throttle, .crashLoss: 0
    }
  }

  /// What comes at a rate, and isn't off; nil for all else.
  func windows(of family: StorageFaultFamily) -> Windows? {
    switch family {
    case .stall where families.contains(.stall): stall
    case .throttle where families.contains(.throttle): throttle
    default: nil
    }
  }
}
