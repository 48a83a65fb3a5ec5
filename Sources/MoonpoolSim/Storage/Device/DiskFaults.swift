//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What goes wrong with a disk at present.
struct DiskFaults {
  private(set) var figures = StorageFaults()
  /// The storms that the probabilities vary with.
  private var intensity: IntensityProcess?
  private let probabilities: UnsafeMutablePointer<Double>
  /// Whether reads, writes or syncs meet faults.
  private(set) var strikesOperations = false
  /// Until when the probabilities are as they are.
  private(set) var end = UInt64.max

  init() {
    let count = StorageFaultFamily.allCases.count
    probabilities = .allocate(capacity: count)
    probabilities.initialize(repeating: 0, count: count)
  }

  func destroy() { probabilities.deallocate() }

  /// How likely a family is to strike now.
  subscript(family: StorageFaultFamily) -> Double {
    @inline(__always) get { probabilities[family.rawValue] }
  }

  mutating func set(_ figures: StorageFaults, _ intensity: IntensityProcess?, now: UInt64) {
    self.figures = figures
    self.intensity = intensity
    let ofReboots: Set<StorageFaultFamily> = [
      .tornSector, .uninitialisedSector, .crashCorruption, .wrongDisk, .wipe,
    ]
    strikesOperations = StorageFaultFamily.allCases.contains {
      figures.probability(of: $0) > 0 && !ofReboots.contains($0)
    }
    follow(now)
  }

  /// Follows the storms up to now.
  mutating func follow(_ now: UInt64) {
    let factor = intensity?.intensity(at: now) ?? 1
    end = intensity?.stepEnd(after: now) ?? .max
    for family in StorageFaultFamily.allCases {
      probabilities[family.rawValue] = min(1, figures.probability(of: family) * factor)
    }
  }
}
