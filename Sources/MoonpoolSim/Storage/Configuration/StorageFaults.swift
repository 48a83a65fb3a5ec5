//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How often each kind of fault strikes a disk. Without arguments, never.
///
/// Corruption is asked for each sector that an operation touches, other faults of operations for
/// each operation. Stalls and throttling come with time, whether the disk is busy or not.
public struct StorageFaults: Sendable, Hashable {
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
  /// The probability that a sync is reported as done, but makes nothing durable.
  public var lyingSyncProbability = 0.0
  /// The probability that a read throws `inputOutput`.
  public var readErrorProbability = 0.0
  /// The probability that a write throws `inputOutput`, having written nothing.
  public var writeErrorProbability = 0.0
  /// The probability that a write finds the volume full: it takes only what needs no new room.
  public var noSpaceProbability = 0.0
  /// The probability, at each reboot, of coming up with another machine's disk.
  public var wrongDiskProbability = 0.0
  /// The probability, at each reboot, of coming up with an empty disk.
  public var wipeProbability = 0.0

  /// A failed sync leaves its data unsynced, so that the next sync writes it. If false, it marks it
  /// clean, as Linux does since 4.13: the next sync succeeds, and the data is still not durable.
  public var failedSyncKeepsDirtyData = false

  /// How many stalls begin in a second of virtual time, on average.
  public var stallsPerSecond = 0.0
  /// How long the disk then does nothing.
  public var stallDuration: ClosedRange<Duration> = .zero ... .zero
  /// How many throttled episodes begin in a second of virtual time, on average.
  public var throttlesPerSecond = 0.0
  /// How long the disk is then slow.
  public var throttleDuration: ClosedRange<Duration> = .zero ... .zero
  /// How many times fewer operations a throttled disk does in a second; at least 1.
  public var throttleIOPSDivisor = 1
  /// How many times fewer bytes a throttled disk moves in a second; at least 1.
  public var throttleBandwidthDivisor = 1

  /// Creates faults that never strike.
  public init() {}
}
