//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct StorageFaultsTests {
  private static func refusal(
    _ field: String, _ change: @escaping @Sendable (inout StorageFaults) -> Void
  ) -> Refusal {
    Refusal("s.\(field)") { () throws(InvalidConfiguration) in
      var faults = StorageFaults()
      change(&faults)
      try faults.validate("s")
    }
  }

  private typealias Figure = WritableKeyPath<StorageFaults, Double> & Sendable
  private static let probabilities: [(StorageFaultFamily, any Figure)] = [
    (.readCorruption, \.readCorruptionProbability),
    (.transientReadCorruption, \.transientReadCorruptionProbability),
    (.writeCorruption, \.writeCorruptionProbability),
    (.misdirectedRead, \.misdirectedReadProbability),
    (.misdirectedWrite, \.misdirectedWriteProbability),
    (.phantomWrite, \.phantomWriteProbability), (.syncFailure, \.syncFailureProbability),
    (.lyingSync, \.lyingSyncProbability), (.readError, \.readErrorProbability),
    (.writeError, \.writeErrorProbability), (.noSpace, \.noSpaceProbability),
    (.tornSector, \.tornSectorProbability),
    (.uninitialisedSector, \.uninitialisedSectorProbability),
    (.crashCorruption, \.crashCorruptionProbability),
    (.wrongDisk, \.wrongDiskProbability), (.wipe, \.wipeProbability),
  ]

  private static let probabilityRefusals: [Refusal] = probabilities.flatMap { family, path in
    [-0.1, 1.1, .nan].map { value in
      refusal("\(family)Probability") { $0[keyPath: path] = value }
    }
  }

  private static let otherRefusals: [Refusal] = [
    refusal("families") { $0.families.insert(.crashLoss) },
    refusal("stall.rate") { $0.stall.rate = -1 },
    refusal("stall.duration") { $0.stall.rate = 1 },
    refusal("stall.duration.lowerBound") { $0.stall.duration = .seconds(-1) ... .zero },
    refusal("throttle.rate") { $0.throttle.rate = .infinity },
    refusal("throttle.duration") { $0.throttle.rate = 1 },
    refusal("throttleIOPSDivisor") { $0.throttleIOPSDivisor = 0 },
    refusal("throttleBandwidthDivisor") { $0.throttleBandwidthDivisor = 1_000_001 },
    refusal("correlation.hurst") { $0.correlation.hurst = 1 },
  ]

  @Test(arguments: probabilityRefusals + otherRefusals)
  func `bad storage faults are refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `every family is in the table above, or comes at a rate`() {
    let windows: Set<StorageFaultFamily> = [.stall, .throttle]
    #expect(Set(Self.probabilities.map(\.0)) == StorageFaultFamily.injected.subtracting(windows))
  }

  @Test func `good storage faults are accepted`() throws {
    try StorageFaults().validate("s")
    try StorageFaults(.swarm).with(.wipe).validate("s")
    var faults = StorageFaults()
    faults.stall = FaultWindows(rate: 1, lasting: .zero ... .nanoseconds(1))
    for (_, path) in Self.probabilities { faults[keyPath: path] = 1 }
    try faults.validate("s")
  }

  @Test func `a scenario refuses them before the run`() {
    var faults = StorageFaults()
    faults.stall.rate = -1
    let report = Scenario("bad") { Chaos(for: .seconds(1)) { faults } }.run(seed: 1)
    #expect(report.line.contains("invalid configuration: storage.stall.rate"), "\(report.line)")
  }

  @Test func `what a seed chooses is valid and within the ranges`() throws {
    var all: [StorageFaults] = []
    for seed in 1...500 as ClosedRange<UInt64> {
      let faults = withStream(seed: seed) { StorageFaults.random(from: $0) }
      try faults.validate("s")
      #expect(0...0.00099 ~= faults.readCorruptionProbability)
      #expect(0...0.00009 ~= faults.misdirectedWriteProbability)
      #expect(0...0.00019 ~= faults.phantomWriteProbability)
      #expect(0...0.099 ~= faults.tornSectorProbability)
      #expect(0...0.499 ~= faults.uninitialisedSectorProbability)
      #expect(2...19 ~= faults.throttleIOPSDivisor && 2...19 ~= faults.throttleBandwidthDivisor)
      #expect(.milliseconds(50)...(.milliseconds(500)) ~= faults.stall.duration.lowerBound)
      all.append(faults)
    }
    #expect(all.contains { $0.readCorruptionProbability > 0.0009 })
    // One seed in eight each has frequent faults of these families.
    #expect(40...85 ~= all.count { $0.syncFailureProbability >= 0.05 })
    #expect(40...85 ~= all.count { $0.stall.rate >= 0.1 })
    #expect(40...85 ~= all.count { $0.throttle.rate >= 0.1 })
    #expect(200...300 ~= all.count { $0.failedSyncKeepsDirtyData })
  }

  @Test func `the number of decisions is fixed`() {
    let counts = (1...50 as ClosedRange<UInt64>).map { seed in
      withStream(seed: seed) { stream in
        _ = StorageFaults.random(from: stream)
        return UInt64(stream.drawnCount)
      }
    }
    #expect(Set(counts).count == 1)
  }

  /// The families that are on in each of some seeds.
  private func families(_ faults: StorageFaults, seeds: Range<UInt64>) -> [Set<StorageFaultFamily>]
  {
    seeds.map { seed in
      final class Found: @unchecked Sendable { var families: Set<StorageFaultFamily> = [] }
      let found = Found()  // written by the simulation's thread, read when it has ended
      let report = Simulation.run(seed: seed) {
        found.families = faults.drawn(Simulation.decisions(.faults("storage"))).families
      }
      #expect(report.passed)
      return found.families
    }
  }

  @Test func `in a swarm each family is on in half of the seeds, but some have to be asked for`() {
    let asked = StorageFaultFamily.injected.subtracting(StorageFaultFamily.unsurvivable)
    let found = families(StorageFaults(.swarm), seeds: 0..<200)
    for family in StorageFaultFamily.allCases {
      let count = found.count { $0.contains(family) }
      #expect(asked.contains(family) ? 70...130 ~= count : count == 0, "\(family): \(count)")
    }
    let more = families(StorageFaults(.swarm).with(.wipe), seeds: 0..<200)
    #expect(70...130 ~= more.count { $0.contains(.wipe) })
    #expect(zip(found, more).allSatisfy { $0 == $1.subtracting([.wipe]) })
    let fewer = families(
      StorageFaults(.swarm).without(StorageFaultFamily.damaging), seeds: 0..<200)
    #expect(
      zip(found, fewer).allSatisfy { $0.subtracting(StorageFaultFamily.damaging) == $1 })
    #expect(families(StorageFaults(.random), seeds: 0..<5).allSatisfy { $0 == asked })
    #expect(
      families(StorageFaults(), seeds: 0..<2)
        == [StorageFaultFamily.injected].flatMap {
          [$0, $0]
        })
  }
}
