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

/// Every option of disks and of their faults, and what it changes.
@Suite struct StorageOptionTests {
  /// An option that is changed, and what is seen without and with the change.
  struct Probe: Sendable, CustomTestStringConvertible {
    var option: String
    var without: String
    var with: String
    var see: @Sendable (_ isChanged: Bool) throws -> String

    var testDescription: String { option }

    /// What a disk shows.
    static func disk(
      _ option: String, _ without: String, _ with: String,
      change: @escaping @Sendable (inout StorageConfiguration) -> Void,
      see: @escaping @Sendable (Disk) throws -> String
    ) -> Probe {
      Probe(option: option, without: without, with: with) { isChanged in
        try withDisk(1, .quiet { if isChanged { change(&$0) } }, see)
      }
    }
  }

  /// How many nanoseconds operations take that are asked for at once.
  private static func time(_ disk: Disk, _ operations: [DiskOperation]) -> String {
    "\(operations.map { disk.submit($0, now: 0).completesAt }.max() ?? 0)"
  }

  private static func tell(_ body: () throws -> String) -> String {
    do { return try body() } catch { return (error as? StorageError).map { "\($0.code)" } ?? "" }
  }

  private static func written(_ disk: Disk) throws -> FileHandle {
    let handle = try disk.open("f")
    try disk.write(handle, at: 0, run("x", 1_000))
    return handle
  }

  private static let configuration: [Probe] = [
    .disk("iops", "0", "100000000") {
      $0.iops = 10
    } see: {
      time($0, [.write(try $0.open("f"), offset: 0, [1])])
    },
    .disk("bandwidth", "0", "1000000000") {
      $0.bandwidth = 1_000
    } see: {
      time($0, [.write(try $0.open("f"), offset: 0, run("x", 1_000))])
    },
    .disk("queueDepth", "5", "10") {
      $0.queueDepth = 1
      $0.writeLatency = .nanoseconds(5) ... .nanoseconds(5)
    } see: { disk in
      if disk.configuration.queueDepth > 1 {
        disk.configuration.writeLatency = .nanoseconds(5) ... .nanoseconds(5)
      }
      let handle = try disk.open("f")
      return time(disk, [.write(handle, offset: 0, [1]), .write(handle, offset: 1, [1])])
    },
    .disk("readLatency", "0", "7") {
      $0.readLatency = .nanoseconds(7) ... .nanoseconds(7)
    } see: {
      time($0, [.read(try written($0), offset: 0, count: 1)])
    },
    .disk("writeLatency", "0", "7") {
      $0.writeLatency = .nanoseconds(7) ... .nanoseconds(7)
    } see: {
      time($0, [.write(try $0.open("f"), offset: 0, [1])])
    },
    .disk("syncLatency", "0", "7") {
      $0.syncLatency = .nanoseconds(7) ... .nanoseconds(7)
    } see: {
      time($0, [.synchronize(try $0.open("f"), .all)])
    },
    .disk("metadataLatency", "0", "7") {
      $0.metadataLatency = .nanoseconds(7) ... .nanoseconds(7)
    } see: {
      time($0, [.metadata(path: "f")])
    },
    .disk("syncPersistsName", "gone", "x") {
      $0.syncPersistsName = true
    } see: { disk in
      disk.configuration.crashSurvival = .nothing
      try disk.synchronize(try written(disk))
      disk.crash()
      return disk.fileSystem.image.text("f").map { String($0.prefix(1)) } ?? "gone"
    },
    .disk("crashSurvival", "nothing", "everything") {
      $0.crashSurvival = .everything
    } see: { disk in
      if disk.configuration.crashSurvival != .everything {
        disk.configuration.crashSurvival = .nothing
      }
      _ = try written(disk)
      disk.crash()
      return disk.fileSystem.image == [:] ? "nothing" : "everything"
    },
    Probe(option: "speed", without: "1", with: "many") { isChanged in
      let scenario = Scenario("speed") {
        Clients { node, _ in
          for _ in 0..<5 {
            let start = node.clock.now
            _ = try await node.storage.exists("f")
            let time = start.duration(to: node.clock.now) / .microseconds(1)
            node.logger.info("took", metadata: ["time": "\(Int(time))"])
          }
        }
        isChanged ? StorageConfiguration.random : StorageConfiguration.fast
      }
      let times = scenario.reports(0..<5).flatMap(\.timeline).compactMap { $0.int("time") }
      return Set(times).count == 1 ? "1" : "many"
    },
  ]

  private static let limits: [Probe] = [
    .disk("limits.capacity", "written", "noSpace") {
      $0.limits.capacity = 0
    } see: { disk in
      tell {
        _ = try written(disk)
        return "written"
      }
    },
    .disk("limits.openFiles", "opened", "tooManyOpenFiles") {
      $0.limits.openFiles = 1
    } see: { disk in
      tell {
        _ = try [disk.open("a"), disk.open("b")]
        return "opened"
      }
    },
    .disk("limits.fileSize", "1000", "10") {
      $0.limits.fileSize = 10
    } see: {
      "\(try $0.write(try $0.open("f"), at: 0, run("x", 1_000)))"
    },
    .disk("limits.unsyncedBytes", "0", "1") {
      $0.limits.unsyncedBytes = 0
    } see: { disk in
      let handle = try disk.makeDurable("f", run("x", 512))
      try disk.write(handle, at: 0, run("y", 512))
      return "\(disk.fileSystem.writebackCount)"
    },
    .disk("limits.unsyncedNames", "0", "1") {
      $0.limits.unsyncedNames = 0
    } see: { disk in
      _ = try disk.open("f")
      return "\(disk.fileSystem.writebackCount)"
    },
  ]

  /// What a few programs in a chaos phase meet.
  private static func struck(_ faults: StorageFaults) -> StorageEffects {
    let scenario = StorageProbe.scenario(faults) {
      StorageProbe.Rounds { work in _ = try await work.read() }
    }
    return scenario.reports(0..<10).reduce(into: StorageEffects()) { $0 += $1.storage }
  }

  private static func faults(
    _ option: String, _ without: String, _ with: String,
    from start: @escaping @Sendable () -> StorageFaults = { StorageFaults() },
    change: @escaping @Sendable (inout StorageFaults) -> Void,
    see: @escaping @Sendable (StorageFaults) throws -> String
  ) -> Probe {
    Probe(option: option, without: without, with: with) { isChanged in
      var faults = start()
      if isChanged { change(&faults) }
      return try see(faults)
    }
  }

  private static let windows = FaultWindows(
    rate: 10, lasting: .milliseconds(30) ... .milliseconds(30))

  private static func readErrors() -> StorageFaults {
    var faults = StorageFaults()
    faults.readErrorProbability = 0.3
    return faults
  }

  private static let faults: [Probe] = [
    Probe(option: "mode", without: "none", with: "some") { isChanged in
      let faults = StorageFaults(isChanged ? .random : .off)
      let scenario = Scenario("mode") {
        Processes(4, named: "idle") { StorageProbe.Boots { _ in } }
        Clients { node, _ in try await node.clock.sleep(for: .seconds(100)) }
        Chaos(for: .seconds(100)) { faults }
        Budget(run: .seconds(200), settle: .zero)
      }
      let stalls = scenario.reports(0..<5).reduce(0) { $0 + $1.storage[.stall].fired }
      return stalls == 0 ? "none" : "some"
    },
    faults("families", "true", "false", from: readErrors) {
      $0.families = []
    } see: {
      "\(struck($0)[.readError].fired > 10)"
    },
    faults("failedSyncKeepsDirtyData", "old", "new") {
      $0.failedSyncKeepsDirtyData = true
    } see: {
      faults in
      try withDisk(1, .quiet { $0.crashSurvival = .nothing }) { disk in
        let handle = try disk.makeDurable("f", Array("old".utf8))
        try disk.write(handle, at: 0, Array("new".utf8))
        disk.faults = faults
        disk.faults.syncFailureProbability = 1
        _ = try? disk.synchronize(handle)
        disk.faults.syncFailureProbability = 0
        try disk.synchronize(handle)
        disk.crash()
        return disk.fileSystem.image.text("f") ?? ""
      }
    },
    faults("stall", "false", "true") {
      $0.stall = windows
    } see: {
      "\(struck($0)[.stall].effective > 5)"
    },
    faults("throttle", "false", "true") {
      $0.throttle = windows
    } see: {
      "\(struck($0)[.throttle].fired > 5)"
    },
    faults("throttleIOPSDivisor", "0", "900000000") {
      $0.throttleIOPSDivisor = 10
    } see: { faults in
      try withDisk(1, .quiet { $0.iops = 10 }) { disk in
        disk.faults = faults
        disk.throttle(until: 1_000_000_000)
        _ = disk.complete(
          disk.submit(.write(try disk.open("f"), offset: 0, [1]), now: 0).ticket)
        return "\(disk.effects.throttledNanoseconds)"
      }
    },
    faults("throttleBandwidthDivisor", "0", "9000000000") {
      $0.throttleBandwidthDivisor = 10
    } see: {
      faults in
      try withDisk(1, .quiet { $0.bandwidth = 1 }) { disk in
        disk.faults = faults
        disk.throttle(until: 1_000_000_000)
        _ = disk.complete(
          disk.submit(.write(try disk.open("f"), offset: 0, [1]), now: 0).ticket)
        return "\(disk.effects.throttledNanoseconds)"
      }
    },
    faults("correlation", "even", "uneven", from: readErrors) {
      $0.correlation = FaultCorrelation(volatility: 4, step: .milliseconds(400))
    } see: { faults in
      let scenario = StorageProbe.scenario(faults) {
        StorageProbe.Rounds { work in _ = try await work.read() }
      }
      let counts = scenario.reports(0..<20).map { $0.storage[.readError].fired }
      return counts.count { $0 == 0 } > 5 ? "uneven" : "even"
    },
  ]

  /// The probability of each family that has one.
  private static let families = StorageFaultFamily.injected.subtracting([.stall, .throttle])

  @Test(arguments: configuration + limits + faults)
  func `an option takes effect`(probe: Probe) throws {
    #expect(try probe.see(false) == probe.without)
    #expect(try probe.see(true) == probe.with)
  }

  /// The stored properties of a value.
  private func options(_ value: Any, _ prefix: String = "") -> [String] {
    Mirror(reflecting: value).children.compactMap { $0.label.map { prefix + $0 } }
  }

  @Test func `every option has a probe above, or a family of its own`() {
    let all =
      options(StorageConfiguration()).filter { $0 != "limits" }
      + options(StorageLimits(), "limits.") + options(StorageFaults())
    // What these do is seen in StorageFaultFamilyTests, which has each of them.
    let ofFamilies = Self.families.map { "\($0)Probability" }
    let probes = (Self.configuration + Self.limits + Self.faults).map(\.option)
    #expect(all.sorted() == (probes + ofFamilies).sorted())
  }
}
