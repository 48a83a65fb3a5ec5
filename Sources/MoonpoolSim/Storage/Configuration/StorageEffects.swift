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
    /// How often a decision was for the fault.
    public var fired = 0
    /// How often it changed anything: a byte, a result, a completion time.
    public var effective = 0

    /// Creates a counter at zero.
    public init() {}
  }

  private var counters: [Counter]
  /// What all crashes did, in detail.
  public var crashes = CrashReport()
  /// By how many nanoseconds stalls delayed operations.
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
  mutating func note(_ family: StorageFaultFamily, effective: Int) {
    counters[family.rawValue].fired += 1
    counters[family.rawValue].effective += effective
  }
}
