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
    #expect(standard.crashSurvival == .anySubset && standard.speed == .fixed)
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

  @Test func `drawn speeds are valid, fill their ranges, and are extreme in one of eight`() throws {
    var disks: [StorageConfiguration] = []
    var counts: Set<UInt64> = []
    for seed in 0..<500 as Range<UInt64> {
      try withStorageDecisions(seed) { decisions in
        var disk = StorageConfiguration.default
        disk.drawSpeed(from: decisions.stream(.configuration))
        try disk.validate()
        disks.append(disk)
        counts.insert(decisions.count)
      }
    }
    #expect(counts.count == 1, "the number of decisions is fixed")
    #expect(disks.allSatisfy { (100...99_999).contains($0.iops) })
    #expect(disks.contains { 10_000..<15_000 ~= $0.iops } && disks.contains { $0.iops > 95_000 })
    #expect(disks.allSatisfy { (1_000_000...500_000_000).contains($0.bandwidth) })
    let low = Duration.microseconds(20)...Duration.microseconds(99)
    let high = Duration.microseconds(100)...Duration.microseconds(499)
    #expect(disks.allSatisfy { low.contains($0.readLatency.lowerBound) })
    #expect(disks.allSatisfy { high.contains($0.readLatency.upperBound) })
    #expect((40...85).contains(disks.count { $0.iops < 5_000 }))
    #expect((40...85).contains(disks.count { $0.bandwidth <= 20_000_000 }))
    #expect((45...100).contains(disks.count { $0.queueDepth == 1 }))
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
