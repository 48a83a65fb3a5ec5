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

@Suite struct StorageConfigurationTests {
  @Test func `the presets are what they say, and valid`() throws {
    let standard = StorageConfiguration.default
    #expect(standard.iops == 25_000 && standard.bandwidth == 150_000_000)
    #expect(standard.readLatency == .microseconds(50) ... .microseconds(200))
    #expect(standard.writeLatency == .microseconds(100) ... .microseconds(500))
    #expect(standard.syncLatency == .milliseconds(1) ... .milliseconds(5))
    #expect(standard.faults == StorageFaults())
    #expect(standard.crash == CrashModel() && standard.crash.survival == .anySubset)
    let fast = StorageConfiguration.fast
    #expect(fast.iops == 1_000_000 && fast.bandwidth == 1_000_000_000)
    for latency in [fast.readLatency, fast.writeLatency, fast.syncLatency, fast.metadataLatency] {
      #expect(latency == .microseconds(1) ... .microseconds(1))
    }
    for preset in [standard, fast, .ideal] { try preset.validate() }
  }

  @Test func `the ideal disk takes no time and loses nothing`() throws {
    try withStorageDecisions(1) { decisions in
      let disk = try Disk(.ideal, process: 0, decisions: decisions)
      let handle = try disk.open("f")
      let bytes = run("x", 1 << 20)
      #expect(disk.submit(.write(handle, offset: 0, bytes), now: 5).completesAt == 5)
      try disk.write(handle, at: 0, bytes)
      disk.crash()
      #expect(try disk.read(disk.open("f"), at: 0, count: 1 << 21) == bytes)
      #expect(decisions.count == 1, "only whether the pending write had happened")
    }
  }

  @Test func `random disks are valid and fill their ranges`() throws {
    var iops: [Int] = []
    var read: [Double] = []
    var stall: [Duration] = []
    for seed in 0..<500 as Range<UInt64> {
      try withStorageDecisions(seed) { decisions in
        let random = StorageConfiguration.random(from: decisions.stream(.configuration))
        try random.validate()
        iops.append(random.iops)
        read.append(random.faults.readCorruptionProbability)
        stall.append(random.faults.stallDuration.lowerBound)
        #expect((50_000_000...500_000_000).contains(random.bandwidth))
        #expect(
          (Duration.microseconds(20) ... .microseconds(99)).contains(random.readLatency.lowerBound))
        #expect(
          (Duration.microseconds(100) ... .microseconds(499)).contains(
            random.readLatency.upperBound))
        #expect((2...19).contains(random.faults.throttleIOPSDivisor))
        // Nothing on one machine survives these: they must be asked for.
        #expect(random.faults.lyingSyncProbability == 0)
        #expect(random.faults.wipeProbability == 0 && random.faults.wrongDiskProbability == 0)
      }
    }
    #expect(iops.allSatisfy { (10_000...99_999).contains($0) })
    #expect(iops.contains { $0 < 15_000 } && iops.contains { $0 > 95_000 })
    #expect(read.allSatisfy { (0...0.00099).contains($0) } && read.contains { $0 > 0.0009 })
    let lengths = Duration.milliseconds(50)...Duration.milliseconds(499)
    #expect(stall.allSatisfy { lengths.contains($0) })
  }

  @Test func `half of the families are on in a swarm`() {
    var counts = [Int](repeating: 0, count: StorageFaultFamily.allCases.count)
    for seed in 0..<400 as Range<UInt64> {
      withStorageDecisions(seed) { decisions in
        let mask = StorageConfiguration.swarmMask(from: decisions.stream(.configuration))
        #expect(decisions.count == UInt64(counts.count))
        for family in mask { counts[family.rawValue] += 1 }
      }
    }
    #expect(counts.allSatisfy { (150...250).contains($0) })
  }

  @Test func `knobs make a disk extreme, one seed in eight for each`() throws {
    var slow = 0
    for seed in 0..<400 as Range<UInt64> {
      try withStorageDecisions(seed) { decisions in
        var configuration = StorageConfiguration.default
        configuration.applyKnobs(from: decisions.stream(.configuration))
        try configuration.validate()
        if configuration.iops < 5_000 { slow += 1 }
      }
    }
    #expect((30...70).contains(slow))
  }

  /// Each wrong value with the field that must be named.
  static let wrong: [(String, @Sendable (inout StorageConfiguration) -> Void)] = [
    ("iops", { $0.iops = 0 }), ("bandwidth", { $0.bandwidth = 0 }),
    ("queueDepth", { $0.queueDepth = 0 }),
    ("readLatency", { $0.readLatency = .seconds(-1) ... .zero }),
    ("writeLatency", { $0.writeLatency = .seconds(-1) ... .zero }),
    ("syncLatency", { $0.syncLatency = .zero ... .seconds(9_999) }),
    ("metadataLatency", { $0.metadataLatency = .zero ... .seconds(9_999) }),
    ("limits.capacity", { $0.limits.capacity = -1 }),
    ("limits.openFiles", { $0.limits.openFiles = 0 }),
    ("limits.fileSize", { $0.limits.fileSize = 0 }),
    ("limits.fileSize", { $0.limits.fileSize = .max }),
    ("limits.unsyncedBytes", { $0.limits.unsyncedBytes = -1 }),
    ("limits.unsyncedNames", { $0.limits.unsyncedNames = -1 }),
    ("faults.readCorruptionProbability", { $0.faults.readCorruptionProbability = 1.2 }),
    (
      "faults.transientReadCorruptionProbability",
      { $0.faults.transientReadCorruptionProbability = -1 }
    ),
    ("faults.writeCorruptionProbability", { $0.faults.writeCorruptionProbability = .nan }),
    ("faults.misdirectedReadProbability", { $0.faults.misdirectedReadProbability = 2 }),
    ("faults.misdirectedWriteProbability", { $0.faults.misdirectedWriteProbability = 2 }),
    ("faults.phantomWriteProbability", { $0.faults.phantomWriteProbability = 2 }),
    ("faults.syncFailureProbability", { $0.faults.syncFailureProbability = 2 }),
    ("faults.lyingSyncProbability", { $0.faults.lyingSyncProbability = 2 }),
    ("faults.readErrorProbability", { $0.faults.readErrorProbability = 2 }),
    ("faults.writeErrorProbability", { $0.faults.writeErrorProbability = 2 }),
    ("faults.noSpaceProbability", { $0.faults.noSpaceProbability = 2 }),
    ("faults.wrongDiskProbability", { $0.faults.wrongDiskProbability = 2 }),
    ("faults.wipeProbability", { $0.faults.wipeProbability = 2 }),
    ("faults.stallsPerSecond", { $0.faults.stallsPerSecond = -1 }),
    ("faults.stallDuration", { $0.faults.stallDuration = .seconds(-1) ... .zero }),
    ("faults.throttlesPerSecond", { $0.faults.throttlesPerSecond = .infinity }),
    ("faults.throttleDuration", { $0.faults.throttleDuration = .seconds(-1) ... .zero }),
    ("faults.throttleIOPSDivisor", { $0.faults.throttleIOPSDivisor = 0 }),
    ("faults.throttleBandwidthDivisor", { $0.faults.throttleBandwidthDivisor = 0 }),
    ("crash.tornSectorProbability", { $0.crash.tornSectorProbability = 2 }),
    ("crash.uninitialisedSectorProbability", { $0.crash.uninitialisedSectorProbability = 2 }),
    ("crash.corruptionProbability", { $0.crash.corruptionProbability = 2 }),
  ]

  @Test(arguments: wrong.indices)
  func `a wrong value is refused by name, and no disk is made`(index: Int) {
    let (field, change) = Self.wrong[index]
    var configuration = StorageConfiguration.default
    change(&configuration)
    do {
      try configuration.validate()
      Issue.record("\(field) was not refused")
    } catch {
      #expect(error.field == "storage.\(field)")
    }
    #expect(throws: InvalidConfiguration.self) {
      try withStorageDecisions(1) { try Disk(configuration, process: 0, decisions: $0) }
    }
  }
}
