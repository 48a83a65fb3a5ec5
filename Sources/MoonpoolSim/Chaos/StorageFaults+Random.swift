//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

extension StorageFaults {
  /// What a seed chooses: rare faults of all kinds. A fixed number of decisions; of each the lowest
  /// value is the mildest.
  ///
  /// Most operations of most runs meet none; a campaign of many seeds meets them all. A rate of
  /// windows is what a disk that does a hundred operations a second would meet at the probability
  /// of 0 to 99 × 10⁻⁵ for each. The families that nothing on one machine can survive have figures,
  /// but are off: see ``families``.
  public static func random(from stream: DecisionStream) -> StorageFaults {
    var result = StorageFaults().without(StorageFaultFamily.unsurvivable)
    result.readCorruptionProbability = stream.perHundredThousand(0...99)
    result.transientReadCorruptionProbability = stream.perHundredThousand(0...99)
    result.writeCorruptionProbability = stream.perHundredThousand(0...99)
    result.misdirectedReadProbability = stream.perHundredThousand(0...9)
    result.misdirectedWriteProbability = stream.perHundredThousand(0...9)
    result.phantomWriteProbability = stream.perHundredThousand(0...19)
    result.syncFailureProbability = stream.perHundredThousand(0...49)
    result.failedSyncKeepsDirtyData = !stream.bool()
    result.lyingSyncProbability = stream.perHundredThousand(0...49)
    result.readErrorProbability = stream.perHundredThousand(0...49)
    result.writeErrorProbability = stream.perHundredThousand(0...49)
    result.noSpaceProbability = stream.perHundredThousand(0...49)
    result.stall = stream.windows(lasting: 50...499)
    result.throttle = stream.windows(lasting: 500...4_999)
    result.throttleIOPSDivisor = stream.int(in: 2...19)
    result.throttleBandwidthDivisor = stream.int(in: 2...19)
    result.tornSectorProbability = stream.thousandths(0...99)
    result.uninitialisedSectorProbability = stream.thousandths(0...499)
    result.crashCorruptionProbability = stream.perHundredThousand(0...49)
    result.wrongDiskProbability = stream.thousandths(0...99)
    result.wipeProbability = stream.thousandths(0...99)
    result.makeExtreme(from: stream)
    return result
  }

  /// Makes some faults frequent: syncs that fail, stalls, throttling, each with probability 1/8.
  private mutating func makeExtreme(from stream: DecisionStream) {
    let syncFailure = stream.double(in: 0.05..<0.2)
    if stream.bool(probability: 0.125) { syncFailureProbability = syncFailure }
    let stall = stream.frequentWindows(lasting: 100...500)
    if stream.bool(probability: 0.125) { self.stall = stall }
    let throttle = stream.frequentWindows(lasting: 1_000...5_000)
    if stream.bool(probability: 0.125) { self.throttle = throttle }
  }

  /// The figures of one run.
  package func drawn(_ stream: DecisionStream) -> StorageFaults {
    guard mode != .off else { return self }
    var drawn = StorageFaults.random(from: stream)
    drawn.correlation = correlation
    drawn.families = mode.chosen(of: families, named: \.path)
    return drawn
  }
}

extension DecisionStream {
  fileprivate func perHundredThousand(_ range: ClosedRange<Int>) -> Double {
    Double(int(in: range)) / 100_000
  }

  fileprivate func thousandths(_ range: ClosedRange<Int>) -> Double {
    Double(int(in: range)) / 1_000
  }

  /// Up to one in ten seconds, of one length: all windows of a run are alike.
  fileprivate func windows(lasting milliseconds: ClosedRange<Int>) -> FaultWindows {
    FaultWindows(rate: thousandths(0...99), lasting: length(milliseconds))
  }

  fileprivate func frequentWindows(lasting milliseconds: ClosedRange<Int>) -> FaultWindows {
    FaultWindows(rate: double(in: 0.1..<0.5), lasting: length(milliseconds))
  }

  private func length(_ milliseconds: ClosedRange<Int>) -> ClosedRange<Duration> {
    let length = Duration.milliseconds(int(in: milliseconds))
    return length...length
  }
}
