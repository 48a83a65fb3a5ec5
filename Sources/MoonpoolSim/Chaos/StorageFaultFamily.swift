//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The kinds of trouble that a disk can be in. Each has decisions and a counter of its own.
public enum StorageFaultFamily: Int, Sendable, Hashable, CaseIterable {
  /// A bit of a sector that is read flips, and stays so until it is overwritten.
  case readCorruption
  /// A bit of a sector flips in what one read returns.
  case transientReadCorruption
  /// A bit of a sector that is written flips.
  case writeCorruption
  /// A read returns what is somewhere else, in this file or another one.
  case misdirectedRead
  /// A write lands somewhere else, in this file or another one.
  case misdirectedWrite
  /// A write is reported as done, but isn't.
  case phantomWrite
  /// A sync fails.
  case syncFailure
  /// A sync is reported as done, but nothing has become durable.
  case lyingSync
  /// A read fails.
  case readError
  /// A write fails.
  case writeError
  /// The volume has no room for a write.
  case noSpace
  /// The disk does nothing for a while.
  case stall
  /// The disk is slow for a while.
  case throttle
  /// A crash loses what isn't durable: physics, see ``StorageConfiguration/crashSurvival``.
  case crashLoss
  /// A crash leaves a sector half written.
  case tornSector
  /// A crash leaves arbitrary bytes where a file has grown.
  case uninitialisedSector
  /// A crash corrupts what wasn't durable.
  case crashCorruption
  /// A machine comes up with another one's disk.
  case wrongDisk
  /// A machine comes up with an empty disk.
  case wipe

  /// Those that ``StorageFaults`` can switch on: all but ``crashLoss``.
  public static let injected = Set(allCases).subtracting([.crashLoss])

  /// Those that undo what one machine was told is durable, whatever the program on it does.
  public static let unsurvivable: Set<StorageFaultFamily> = [.lyingSync, .wrongDisk, .wipe]

  /// Those that damage bytes at rest, for good. Checksums find it; only another copy repairs it.
  public static let damaging: Set<StorageFaultFamily> = [
    .readCorruption, .writeCorruption, .misdirectedWrite, .phantomWrite, .crashCorruption,
  ]

  /// Its name in streams, on timelines and in swarms: `storage.stall`.
  var path: String { "storage.\(self)" }
}
