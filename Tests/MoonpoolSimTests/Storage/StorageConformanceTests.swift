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
import StorageConformance
import Testing

/// `MoonpoolNIOTests` runs the same cases on files of this machine.
@Suite struct StorageConformanceTests {
  /// Four, so that each strategy of the portfolio has its turn.
  static let seeds: ClosedRange<UInt64> = 1...4

  @Test(arguments: StorageCase.all + StorageCase.limited)
  func `holds on a disk that takes no time`(_ testCase: StorageCase) {
    check(testCase, .ideal)
  }

  @Test(arguments: StorageCase.all + StorageCase.limited)
  func `holds on a cloud disk`(_ testCase: StorageCase) { check(testCase, .default) }

  @Test(arguments: StorageCase.all + StorageCase.limited)
  func `holds on a slow disk that does one thing at a time`(_ testCase: StorageCase) {
    var slow = StorageConfiguration.default
    slow.iops = 100
    slow.bandwidth = 1_000_000
    slow.queueDepth = 1
    slow.readLatency = .milliseconds(1) ... .milliseconds(20)
    slow.writeLatency = .milliseconds(1) ... .milliseconds(20)
    slow.metadataLatency = .microseconds(1) ... .milliseconds(10)
    check(testCase, slow)
  }

  @Test func `there are enough cases, and each has a name of its own`() {
    let all = StorageCase.all + StorageCase.limited
    #expect(all.count >= 100)
    #expect(Set(all.map(\.name)).count == all.count)
  }

  /// Each seed twice: both runs pass, with the same trace.
  private func check(_ testCase: StorageCase, _ disk: StorageConfiguration) {
    for seed in Self.seeds {
      let first = run(testCase, disk, seed)
      guard first.passed else {
        Issue.record("\(first.line)")
        return
      }
      let second = run(testCase, disk, seed)
      #expect(first.digest == second.digest, "seed \(seed): two runs differ")
    }
  }

  private func run(
    _ testCase: StorageCase, _ disk: StorageConfiguration, _ seed: UInt64
  ) -> RunReport {
    var options = SimulationOptions()
    options.trace = .digest
    options.strategy = .portfolio
    return Simulation.run(seed: seed, options: options) {
      var configuration = WorldConfiguration()
      configuration.storage = disk
      configuration.storage.limits.openFiles = 32
      let world = World.begin(configuration)
      let node = world.boot("node", on: world.addHost(IPAddress(10, 0, 0, 1))).node
      try await testCase.body(Volume(storage: node.storage, openFileLimit: 32))
    }
  }
}
