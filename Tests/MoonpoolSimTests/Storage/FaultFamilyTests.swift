//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct FaultFamilyTests {
  /// A disk on which every family strikes soon.
  static var harsh: StorageConfiguration {
    var result = StorageConfiguration.default
    result.faults.readCorruptionProbability = 0.2
    result.faults.transientReadCorruptionProbability = 0.2
    result.faults.writeCorruptionProbability = 0.2
    result.faults.misdirectedReadProbability = 0.3
    result.faults.misdirectedWriteProbability = 0.3
    result.faults.phantomWriteProbability = 0.3
    result.faults.syncFailureProbability = 0.3
    result.faults.lyingSyncProbability = 0.3
    result.faults.readErrorProbability = 0.2
    result.faults.writeErrorProbability = 0.2
    result.faults.noSpaceProbability = 0.3
    result.faults.wrongDiskProbability = 0.3
    result.faults.wipeProbability = 0.3
    result.faults.stallsPerSecond = 100
    result.faults.stallDuration = .milliseconds(2) ... .milliseconds(3)
    result.faults.throttlesPerSecond = 100
    result.faults.throttleDuration = .milliseconds(2) ... .milliseconds(3)
    result.faults.throttleIOPSDivisor = 4
    result.faults.throttleBandwidthDivisor = 4
    result.crash.tornSectorProbability = 0.3
    result.crash.uninitialisedSectorProbability = 0.5
    result.crash.corruptionProbability = 0.3
    return result
  }

  struct Run: Equatable {
    var times: [UInt64] = []
    var results: [DiskResult] = []
    var image: DiskImage = [:]
    var effects = StorageEffects()
    var decisionCount: UInt64 = 0
  }

  /// Some operations, two crashes, a reboot.
  static func use(_ configuration: StorageConfiguration, seed: UInt64) throws -> Run {
    try withStorageDecisions(seed) { decisions in
      let disk = try Disk(configuration, process: 1, decisions: decisions)
      let other = try Disk(.ideal, process: 2, decisions: decisions)
      var run = Run()
      var now: UInt64 = 0
      func perform(_ operation: DiskOperation) -> DiskResult {
        let (ticket, end) = disk.submit(operation, now: now)
        run.times.append(end - now)
        now = end
        let result = disk.complete(ticket) ?? .done
        run.results.append(result)
        return result
      }
      for letter: Character in ["a", "b"] {
        for path in ["f", "g"] {
          guard case .opened(let handle) = perform(.open(path: path, .createOrOpen)) else {
            continue
          }
          for size in [1_000, 2_500] {
            _ = perform(.write(handle, offset: 0, MoonpoolSimTests.run(letter, size)))
            _ = perform(.read(handle, offset: 0, count: 2_500))
            if size == 1_000 { _ = perform(.synchronize(handle, .all)) }
          }
        }
        _ = perform(.synchronizeDirectory(path: "/"))
        disk.crash()
        disk.strikeAtReboot(others: [other])
      }
      run.image = disk.fileSystem.image
      run.effects = disk.effects
      run.decisionCount = decisions.count
      return run
    }
  }

  @Test(arguments: StorageFaultFamily.allCases)
  func `a family that is off never strikes, and one that is on does`(
    family: StorageFaultFamily
  ) throws {
    var off = Self.harsh
    off.disable(family)
    for seed in 0..<1_000 as Range<UInt64> {
      let effects = try Self.use(off, seed: seed).effects
      #expect(effects[family] == StorageEffects.Counter())
    }
    var on = StorageConfiguration.default.masked(to: [])
    switch family {
    case .crashLoss: on = Self.harsh.masked(to: [.crashLoss])
    case .tornSector, .uninitialisedSector, .crashCorruption:
      on = Self.harsh.masked(to: [.crashLoss, family])
    default: on = Self.harsh.masked(to: [family])
    }
    var effective = 0
    for seed in 0..<100 as Range<UInt64> {
      let effects = try Self.use(on, seed: seed).effects
      effective += effects[family].effective
      for other in StorageFaultFamily.allCases where other != family && other != .crashLoss {
        #expect(effects[other] == StorageEffects.Counter())
      }
    }
    #expect(effective > 10)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `a seed repeats, with all faults on`(seed: UInt64) throws {
    let first = try Self.use(Self.harsh, seed: seed)
    #expect(try Self.use(Self.harsh, seed: seed) == first)
  }

  @Test func `seeds differ`() throws {
    let runs = try (0..<50 as Range<UInt64>).map { try Self.use(Self.harsh, seed: $0) }
    #expect(Set(runs.map(\.effects)).count > 40)
    #expect(Set(runs.map(\.times)).count == 50)
  }

  @Test func `switching corruption off leaves all times and crashes as they were`() throws {
    // A corrupt hole takes room, which is a consequence and no decision.
    let families = StorageFaultFamily.allCases.filter { $0 != .noSpace }
    let others = families.filter { $0 != .readCorruption }
    for seed in 0..<50 as Range<UInt64> {
      let all = try Self.use(Self.harsh.masked(to: families), seed: seed)
      let some = try Self.use(Self.harsh.masked(to: others), seed: seed)
      #expect(all.times == some.times)
      for family in [StorageFaultFamily.stall, .throttle, .misdirectedRead, .wipe, .syncFailure] {
        #expect(all.effects[family].fired == some.effects[family].fired)
      }
    }
  }

  @Test func `without faults, nothing is drawn but latencies`() throws {
    try withStorageDecisions(1) { decisions in
      let disk = try Disk(.fast, process: 1, decisions: decisions)
      let handle = try disk.open("f")
      for _ in 0..<10 {
        try disk.write(handle, at: 0, run("x", 4_096))
        try disk.synchronize(handle)
        _ = try disk.read(handle, at: 0, count: 4_096)
      }
      #expect(decisions.count == 0, "every latency of this disk is certain")
    }
  }
}
