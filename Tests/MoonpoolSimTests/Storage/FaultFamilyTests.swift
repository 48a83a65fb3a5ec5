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
  /// Faults of which every family strikes soon.
  static var harsh: StorageFaults {
    var result = StorageFaults()
    result.readCorruptionProbability = 0.2
    result.transientReadCorruptionProbability = 0.2
    result.writeCorruptionProbability = 0.2
    result.misdirectedReadProbability = 0.3
    result.misdirectedWriteProbability = 0.3
    result.phantomWriteProbability = 0.3
    result.syncFailureProbability = 0.3
    result.lyingSyncProbability = 0.3
    result.readErrorProbability = 0.2
    result.writeErrorProbability = 0.2
    result.noSpaceProbability = 0.3
    result.wrongDiskProbability = 0.3
    result.wipeProbability = 0.3
    result.tornSectorProbability = 0.3
    result.uninitialisedSectorProbability = 0.5
    result.crashCorruptionProbability = 0.3
    return result
  }

  /// Those that strike when the disk is asked for something, or crashes.
  static let asked = StorageFaultFamily.injected.subtracting([.stall, .throttle])
    .sorted { $0.rawValue < $1.rawValue }

  struct Run: Equatable {
    var times: [UInt64] = []
    var results: [DiskResult] = []
    var image: DiskImage = [:]
    var effects = StorageEffects()
    var decisionCount: UInt64 = 0
  }

  /// Some operations, two crashes, a reboot.
  static func use(_ faults: StorageFaults, seed: UInt64) throws -> Run {
    try withStorageDecisions(seed) { decisions in
      let disk = try Disk(.default, process: 1, decisions: decisions)
      disk.faults = faults
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

  @Test func `a family that is off never strikes, whichever others are on`() throws {
    // One half is off, then the other. Two families differ in a bit of their index at least: each
    // of them is on in some runs without the other.
    #expect(Self.asked.count == 16)
    var runs: [StorageFaultFamily: Int] = [:]
    for bit in 0..<4 {
      for value in 0...1 {
        let off = Set(Self.asked.indices.filter { $0 >> bit & 1 == value }.map { Self.asked[$0] })
        for seed in 0..<250 as Range<UInt64> {
          let effects = try Self.use(Self.harsh.without(off), seed: seed).effects
          let struck = off.filter { effects[$0] != StorageEffects.Counter() }
          #expect(struck == [], "seed \(seed)")
        }
        for family in off { runs[family, default: 0] += 250 }
      }
    }
    #expect(runs.values.allSatisfy { $0 == 1_000 } && runs.count == 16)
  }

  @Test(arguments: asked)
  func `a family that is on strikes, and no other`(family: StorageFaultFamily) throws {
    let others = StorageFaultFamily.injected.subtracting([family])
    var effective = 0
    for seed in 0..<100 as Range<UInt64> {
      let effects = try Self.use(Self.harsh.without(others), seed: seed).effects
      effective += effects[family].effective
      #expect(others.allSatisfy { effects[$0] == StorageEffects.Counter() })
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
