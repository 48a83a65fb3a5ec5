//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

extension StorageConfiguration {
  /// A disk of random speed, with rare faults of most kinds and crashes that tear sectors.
  ///
  /// The faults are those of ``StorageFaults/random(from:)``.
  public static func random(from stream: DecisionStream) -> StorageConfiguration {
    var result = StorageConfiguration()
    result.iops = stream.int(in: 10_000...99_999)
    result.bandwidth = stream.int(in: 50_000_000...500_000_000)
    result.queueDepth = stream.int(in: 1...64)
    result.readLatency = stream.microseconds(from: 20...99, to: 100...499)
    result.writeLatency = stream.microseconds(from: 50...199, to: 200...999)
    result.syncLatency = stream.microseconds(from: 500...1_999, to: 2_000...9_999)
    result.metadataLatency = stream.microseconds(from: 1...1, to: 1...19)
    result.faults = .random(from: stream)
    result.crash.tornSectorProbability = stream.thousandths(0...99)
    result.crash.uninitialisedSectorProbability = stream.thousandths(0...499)
    result.crash.corruptionProbability = stream.perHundredThousand(0...49)
    return result
  }

  /// For each family, whether it stays on: a fair coin each, in the order of `allCases`.
  public static func swarmMask(from stream: DecisionStream) -> [StorageFaultFamily] {
    StorageFaultFamily.allCases.filter { _ in stream.bool() }
  }

  /// This configuration without the faults that a mask doesn't have.
  public func masked(to families: [StorageFaultFamily]) -> StorageConfiguration {
    var result = self
    for family in StorageFaultFamily.allCases where !families.contains(family) {
      result.disable(family)
    }
    return result
  }

  /// Switches a family off.
  public mutating func disable(_ family: StorageFaultFamily) {
    switch family {
    case .readCorruption: faults.readCorruptionProbability = 0
    case .transientReadCorruption: faults.transientReadCorruptionProbability = 0
    case .writeCorruption: faults.writeCorruptionProbability = 0
    case .misdirectedRead: faults.misdirectedReadProbability = 0
    case .misdirectedWrite: faults.misdirectedWriteProbability = 0
    case .phantomWrite: faults.phantomWriteProbability = 0
    case .syncFailure: faults.syncFailureProbability = 0
    case .lyingSync: faults.lyingSyncProbability = 0
    case .readError: faults.readErrorProbability = 0
    case .writeError: faults.writeErrorProbability = 0
    case .noSpace: faults.noSpaceProbability = 0
    case .stall: faults.stallsPerSecond = 0
    case .throttle: faults.throttlesPerSecond = 0
    case .crashLoss: crash.survival = .everything
    case .tornSector: crash.tornSectorProbability = 0
    case .uninitialisedSector: crash.uninitialisedSectorProbability = 0
    case .crashCorruption: crash.corruptionProbability = 0
    case .wrongDisk: faults.wrongDiskProbability = 0
    case .wipe: faults.wipeProbability = 0
    }
  }

  /// Makes some settings extreme: each of six with probability 1/8.
  ///
  /// A slow disk in operations, or in bytes; failing syncs; frequent or long stalls and throttling.
  public mutating func applyKnobs(from stream: DecisionStream) {
    func isTurned() -> Bool { stream.bool(probability: 0.125) }
    if isTurned() { iops = stream.int(in: 100...4_999) }
    if isTurned() { bandwidth = stream.int(in: 1_000_000...20_000_000) }
    if isTurned() { faults.syncFailureProbability = stream.double(in: 0.05..<0.2) }
    if isTurned() {
      faults.stallsPerSecond = stream.double(in: 0.1..<0.5)
      faults.stallDuration = stream.milliseconds(100...500)
    }
    if isTurned() {
      faults.throttlesPerSecond = stream.double(in: 0.1..<0.5)
      faults.throttleDuration = stream.milliseconds(1_000...5_000)
    }
    if isTurned() { queueDepth = 1 }
  }
}

extension StorageFaults {
  /// Rare faults of all kinds but those that nothing on one machine can survive: syncs that lie,
  /// and disks that are wiped or swapped. These have to be asked for.
  ///
  /// Most operations of most runs meet none; a campaign of many seeds meets them all. A rate of
  /// episodes is what a disk that does a hundred operations a second would meet at the probability
  /// of 0 to 99 × 10⁻⁵ for each.
  public static func random(from stream: DecisionStream) -> StorageFaults {
    var result = StorageFaults()
    result.readCorruptionProbability = stream.perHundredThousand(0...99)
    result.transientReadCorruptionProbability = stream.perHundredThousand(0...99)
    result.writeCorruptionProbability = stream.perHundredThousand(0...99)
    result.misdirectedReadProbability = stream.perHundredThousand(0...9)
    result.misdirectedWriteProbability = stream.perHundredThousand(0...9)
    result.phantomWriteProbability = stream.perHundredThousand(0...19)
    result.syncFailureProbability = stream.perHundredThousand(0...49)
    result.readErrorProbability = stream.perHundredThousand(0...49)
    result.writeErrorProbability = stream.perHundredThousand(0...49)
    result.noSpaceProbability = stream.perHundredThousand(0...49)
    result.failedSyncKeepsDirtyData = stream.bool()
    result.stallsPerSecond = stream.thousandths(0...99)
    result.stallDuration = stream.milliseconds(50...499)
    result.throttlesPerSecond = stream.thousandths(0...99)
    result.throttleDuration = stream.milliseconds(500...4_999)
    result.throttleIOPSDivisor = stream.int(in: 2...19)
    result.throttleBandwidthDivisor = stream.int(in: 2...19)
    return result
  }
}

extension DecisionStream {
  fileprivate func perHundredThousand(_ range: ClosedRange<Int>) -> Double {
    Double(int(in: range)) / 100_000
  }

  fileprivate func thousandths(_ range: ClosedRange<Int>) -> Double {
    Double(int(in: range)) / 1_000
  }

  /// One length, drawn once: all episodes of a run are alike.
  fileprivate func milliseconds(_ range: ClosedRange<Int>) -> ClosedRange<Duration> {
    let length = Duration.milliseconds(int(in: range))
    return length...length
  }

  fileprivate func microseconds(
    from low: ClosedRange<Int>, to high: ClosedRange<Int>
  ) -> ClosedRange<Duration> {
    Duration.microseconds(int(in: low))...Duration.microseconds(int(in: high))
  }
}
