//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import Testing

/// Groups of processes whose disks differ.
@Suite struct ProcessDiskTests {
  /// Tells how much fits on its disk, and how long a write takes.
  private struct Measure: Program {
    func run(on node: Node) async throws {
      let capacity = try await node.storage.space().capacity
      let file = try await node.storage.open("f", .createOrOpen)
      let start = node.clock.now
      try await file.write([1], at: 0)
      let time = start.duration(to: node.clock.now) / .microseconds(1)
      node.logger.info(
        "measured", metadata: ["capacity": "\(capacity)", "time": "\(Int(time))"])
      try await node.clock.sleep(for: .seconds(100))
    }
  }

  private static var small: StorageConfiguration {
    var disk = StorageConfiguration.fast
    disk.limits.capacity = 1 << 20
    return disk
  }

  private static var slow: StorageConfiguration {
    var disk = StorageConfiguration.fast
    disk.writeLatency = .milliseconds(7) ... .milliseconds(7)
    return disk
  }

  private func measured(_ scenario: Scenario, _ key: String, seed: UInt64 = 1) -> [String: Int] {
    let report = scenario.run(seed: seed)
    #expect(report.passed, "\(report.line)")
    return report.timeline.filter { $0.name == "measured" }
      .reduce(into: [:]) { $0[$1.source] = $1.int(key) }
  }

  private let wait = Clients { node, _ in try await node.clock.sleep(for: .seconds(1)) }

  @Test func `a group has the disk that it is given, the others that of the scenario`() {
    let scenario = Scenario("disks") {
      Processes(2, named: "small") { Measure() }.disk(Self.small)
      Processes(named: "slow") { Measure() }.disk(Self.slow)
      Processes(named: "other") { Measure() }
      wait
      StorageConfiguration.fast
    }
    let capacity = measured(scenario, "capacity")
    #expect(capacity["small-0"] == 1 << 20 && capacity["small-1"] == 1 << 20)
    #expect(capacity["slow"] == 1 << 40 && capacity["other"] == 1 << 40)
    let time = measured(scenario, "time")
    #expect(7_000..<7_100 ~= time["slow"] ?? 0, "\(time)")
    #expect(time["small-0"] ?? 100 < 100 && time["other"] ?? 100 < 100, "\(time)")
  }

  @Test func `a disk of random speed has another one for each process and seed, and only that`() {
    var random = Self.small
    random.speed = .random
    let scenario = Scenario("random disks") {
      Processes(3, named: "p") { Measure() }.disk(random)
      wait
    }
    var times: Set<Int> = []
    for seed in 0..<10 as Range<UInt64> {
      times.formUnion(measured(scenario, "time", seed: seed).values)
      #expect(Set(measured(scenario, "capacity", seed: seed).values) == [1 << 20])
    }
    #expect(times.count > 20)
    #expect(measured(scenario, "time", seed: 3) == measured(scenario, "time", seed: 3))
    #expect(StorageConfiguration.random.speed == .random)
  }

  @Test func `a bad disk is refused before the run, with the group's name`() {
    var bad = StorageConfiguration.fast
    bad.iops = 0
    let scenario = Scenario("bad") { Processes(named: "kv") { Measure() }.disk(bad) }
    let line = scenario.run(seed: 1).line
    #expect(line.contains("processes[kv].disk.iops is 0; must be at least 1"), "\(line)")
  }
}
