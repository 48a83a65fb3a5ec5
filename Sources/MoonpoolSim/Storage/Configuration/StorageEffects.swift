//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What the faults of a disk really did.
public struct StorageEffects: Sendable, Hashable {
  /// The counter of one fault family.
  public struct Counter: Sendable, Hashable {
    /// How often the fault struck.
    public var fired = 0
    /// How often it changed anything: a byte, a result, a completion time. A stall or a full
    /// volume, which lasts, may change the results of many operations.
    public var effective = 0

    /// Creates a counter at zero.
    public init() {}
  }

  private var counters: [Counter]
  /// What all crashes did, in detail.
  public var crashes = CrashReport()
  /// How many nanoseconds operations waited while their disk stalled.
  public var stalledNanoseconds: UInt64 = 0
  /// By how many nanoseconds throttling delayed operations.
  public var throttledNanoseconds: UInt64 = 0
  /// Writes cut short or refused because the volume was really full.
  public var fullVolumeCount = 0

  /// Creates effects of which nothing has happened.
  public init() { counters = StorageFaultFamily.allCases.map { _ in Counter() } }

  /// The counter of a family.
  public subscript(family: StorageFaultFamily) -> Counter {
    get { counters[family.rawValue] }
    set { counters[family.rawValue] = newValue }
  }

  /// Adds what happened to another disk.
  public static func += (a: inout StorageEffects, b: StorageEffects) {
    for family in StorageFaultFamily.allCases {
      a[family].fired += b[family].fired
      a[family].effective += b[family].effective
    }
    a.crashes += b.crashes
    a.stalledNanoseconds += b.stalledNanoseconds
    a.throttledNanoseconds += b.throttledNanoseconds
    a.fullVolumeCount += b.fullVolumeCount
  }

  /// Notes that a fault struck, and whether that changed anything.
  mutating func note(_ family: StorageFaultFamily, count: Int, isEffective: Bool) {
    counters[family.rawValue].fired += count
    if isEffective { counters[family.rawValue].effective += count }
  }

  /// Notes an operation that stalls or throttling made late.
  mutating func noteDelay(_ schedule: DeviceSchedule) {
    if schedule.stalled > 0 { self[.stall].effective += 1 }
    if schedule.slowed > 0 { self[.throttle].effective += 1 }
    stalledNanoseconds += schedule.stalled
    throttledNanoseconds += schedule.slowed
  }
}
