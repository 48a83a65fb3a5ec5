//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The speed of a disk, computed once from its configuration.
struct DeviceTiming {
  let read: DurationSampler
  let write: DurationSampler
  let sync: DurationSampler
  let metadata: DurationSampler
  let stall: DurationSampler
  let throttle: DurationSampler
  let queueDepth: Int
  /// What one operation takes of a second.
  let perOperation: UInt64
  /// What one byte takes, in nanoseconds.
  let perByte: Double
  let operationDivisor: UInt64
  let bandwidthDivisor: Double
  let stallsPerSecond: Double
  let throttlesPerSecond: Double

  init(_ configuration: StorageConfiguration) {
    read = DurationSampler(configuration.readLatency)
    write = DurationSampler(configuration.writeLatency)
    sync = DurationSampler(configuration.syncLatency)
    metadata = DurationSampler(configuration.metadataLatency)
    stall = DurationSampler(configuration.faults.stallDuration)
    throttle = DurationSampler(configuration.faults.throttleDuration)
    queueDepth = configuration.queueDepth
    perOperation = 1_000_000_000 / UInt64(configuration.iops)
    perByte = 1e9 / Double(configuration.bandwidth)
    operationDivisor = UInt64(configuration.faults.throttleIOPSDivisor)
    bandwidthDivisor = Double(configuration.faults.throttleBandwidthDivisor)
    stallsPerSecond = configuration.faults.stallsPerSecond
    throttlesPerSecond = configuration.faults.throttlesPerSecond
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
