//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A kind of fault that a disk can have. Each has a probability or rate, decisions, and a counter.
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
  /// A crash loses what isn't durable.
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
}
