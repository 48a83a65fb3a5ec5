//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension StorageConfiguration {
  /// Checks that all values make sense.
  ///
  /// - Throws: ``InvalidConfiguration`` with the first field that doesn't.
  public func validate() throws(InvalidConfiguration) {
    try check("iops", iops, atLeast: 1)
    try check("bandwidth", bandwidth, atLeast: 1)
    try check("queueDepth", queueDepth, atLeast: 1)
    for (name, latency) in [
      ("readLatency", readLatency), ("writeLatency", writeLatency), ("syncLatency", syncLatency),
      ("metadataLatency", metadataLatency), ("faults.stallDuration", faults.stallDuration),
      ("faults.throttleDuration", faults.throttleDuration),
    ] {
      try check(name, latency)
    }
    try validateLimits()
    for (name, probability) in probabilities where !(0...1).contains(probability) {
      throw InvalidConfiguration("storage.\(name)", "is \(probability); must be in 0...1")
    }
    for (name, rate) in [
      ("stallsPerSecond", faults.stallsPerSecond),
      ("throttlesPerSecond", faults.throttlesPerSecond),
    ] where !(0...1_000).contains(rate) {
      throw InvalidConfiguration("storage.faults.\(name)", "is \(rate); must be in 0...1000")
    }
    try check("faults.throttleIOPSDivisor", faults.throttleIOPSDivisor, atLeast: 1)
    try check("faults.throttleBandwidthDivisor", faults.throttleBandwidthDivisor, atLeast: 1)
  }

  private func validateLimits() throws(InvalidConfiguration) {
    try check("limits.capacity", Int(limits.capacity), atLeast: 0)
    try check("limits.openFiles", limits.openFiles, atLeast: 1)
    try check("limits.fileSize", Int(limits.fileSize), atLeast: 1)
    try check("limits.unsyncedBytes", limits.unsyncedBytes, atLeast: 0)
    try check("limits.unsyncedNames", limits.unsyncedNames, atLeast: 0)
    // Above this, the sums of offsets and sizes might not fit their type.
    guard limits.fileSize <= 1 << 60 else {
      throw InvalidConfiguration(
        "storage.limits.fileSize", "is \(limits.fileSize); must be at most 2^60")
    }
  }

  private var probabilities: [(String, Double)] {
    [
      ("faults.readCorruptionProbability", faults.readCorruptionProbability),
      ("faults.transientReadCorruptionProbability", faults.transientReadCorruptionProbability),
      ("faults.writeCorruptionProbability", faults.writeCorruptionProbability),
      ("faults.misdirectedReadProbability", faults.misdirectedReadProbability),
      ("faults.misdirectedWriteProbability", faults.misdirectedWriteProbability),
      ("faults.phantomWriteProbability", faults.phantomWriteProbability),
      ("faults.syncFailureProbability", faults.syncFailureProbability),
      ("faults.lyingSyncProbability", faults.lyingSyncProbability),
      ("faults.readErrorProbability", faults.readErrorProbability),
      ("faults.writeErrorProbability", faults.writeErrorProbability),
      ("faults.noSpaceProbability", faults.noSpaceProbability),
      ("faults.wrongDiskProbability", faults.wrongDiskProbability),
      ("faults.wipeProbability", faults.wipeProbability),
      ("crash.tornSectorProbability", crash.tornSectorProbability),
      ("crash.uninitialisedSectorProbability", crash.uninitialisedSectorProbability),
      ("crash.corruptionProbability", crash.corruptionProbability),
    ]
  }

  private func check(
    _ name: String, _ value: Int, atLeast minimum: Int
  ) throws(InvalidConfiguration) {
    guard value >= minimum else {
      throw InvalidConfiguration("storage.\(name)", "is \(value); must be at least \(minimum)")
    }
  }

  private func check(
    _ name: String, _ range: ClosedRange<Duration>
  ) throws(InvalidConfiguration) {
    // An hour is more than any disk takes, and leaves room for sums in 64 bits of nanoseconds.
    guard range.lowerBound >= .zero, range.upperBound <= .seconds(3_600) else {
      throw InvalidConfiguration("storage.\(name)", "is \(range); must be in 0 s ... 3600 s")
    }
  }
}
