//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The speed of a disk, computed once from its configuration.
struct DeviceTiming {
  let read: DurationSpan
  let write: DurationSpan
  let sync: DurationSpan
  let metadata: DurationSpan
  let queueDepth: Int
  /// What one operation takes of a second.
  let perOperation: UInt64
  /// What one byte takes, in nanoseconds.
  let perByte: Double

  init(_ configuration: StorageConfiguration) {
    read = DurationSpan(configuration.readLatency)
    write = DurationSpan(configuration.writeLatency)
    sync = DurationSpan(configuration.syncLatency)
    metadata = DurationSpan(configuration.metadataLatency)
    queueDepth = configuration.queueDepth
    perOperation = 1_000_000_000 / UInt64(configuration.iops)
    perByte = 1e9 / Double(configuration.bandwidth)
  }
}

/// What the disk is asked to do, as far as its speed is concerned.
enum DeviceWork {
  case read(bytes: Int)
  case write(bytes: Int)
  /// A change of size: a write without data.
  case setLength
  case sync
  case metadata
}

/// When the disk will have done what it was asked to do, and what of that is due to faults.
struct DeviceSchedule {
  var end: UInt64
  /// How long the operation waits while the disk stalls.
  var stalled: UInt64 = 0
  /// How much longer it takes because the disk is throttled.
  var slowed: UInt64 = 0
}
