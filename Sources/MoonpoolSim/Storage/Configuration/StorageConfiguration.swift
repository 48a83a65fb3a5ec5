//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a disk is like when nothing is wrong with it: how fast it is, how much it holds, and what a
/// power failure costs. Faults are ``StorageFaults``.
public struct StorageConfiguration: Sendable, Hashable {
  /// Operations that the disk does in a second; at least 1.
  public var iops = 25_000
  /// Bytes that the disk moves in a second; at least 1.
  public var bandwidth = 150_000_000
  /// Operations that the disk works on at once; others wait. At least 1.
  public var queueDepth = 32
  /// What a read takes, beside its share of `iops` and `bandwidth`.
  public var readLatency: ClosedRange<Duration> = .microseconds(50) ... .microseconds(200)
  /// What a write or a change of size takes, beside its share of `iops` and `bandwidth`.
  public var writeLatency: ClosedRange<Duration> = .microseconds(100) ... .microseconds(500)
  /// What a sync takes, once what was asked of the disk before has been done.
  public var syncLatency: ClosedRange<Duration> = .milliseconds(1) ... .milliseconds(5)
  /// What an operation on names takes: opening, renaming, listing.
  public var metadataLatency: ClosedRange<Duration> = .microseconds(1) ... .microseconds(1)
  /// How much fits.
  public var limits = StorageLimits()
  /// A sync of a file or directory also makes its name durable, and those above it, as on ext4.
  /// POSIX doesn't promise that.
  public var syncPersistsName = false
  /// What a power failure leaves of what isn't durable.
  public var crashSurvival = CrashSurvival.anySubset
  /// Whether each disk of each run has the speed that is stated here, or draws one.
  public var speed = Speed.fixed

  /// How a disk comes to its speed.
  public enum Speed: String, Sendable, Hashable, CaseIterable {
    /// As the configuration states.
    case fixed
    /// As the seed chooses for each disk; `iops`, `bandwidth`, `queueDepth` and all latencies have
    /// no effect.
    case random
  }

  /// Creates the default: the speed of a cloud disk, and crashes that lose any part of what no sync
  /// has made durable.
  public init() {}

  /// The speed of a cloud disk, and crashes that lose any part of what isn't durable.
  public static let `default` = StorageConfiguration()

  /// A fast local disk: 1 µs, a million operations and 1 GB a second.
  public static let fast: StorageConfiguration = {
    var result = StorageConfiguration()
    result.iops = 1_000_000
    result.bandwidth = 1_000_000_000
    result.setLatencies(.microseconds(1) ... .microseconds(1))
    return result
  }()

  /// A disk that takes no time and loses nothing in a crash.
  public static let ideal: StorageConfiguration = {
    var result = StorageConfiguration()
    result.iops = .max
    result.bandwidth = .max
    result.queueDepth = .max
    result.setLatencies(.zero ... .zero)
    result.crashSurvival = .everything
    return result
  }()

  /// A disk whose speed each seed draws: see ``drawSpeed(from:)``.
  public static let random: StorageConfiguration = {
    var result = StorageConfiguration()
    result.speed = .random
    return result
  }()

  private mutating func setLatencies(_ latency: ClosedRange<Duration>) {
    readLatency = latency
    writeLatency = latency
    syncLatency = latency
    metadataLatency = latency
  }
}
