//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Foundation
import Glibc
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import StorageConformance
import Testing

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

  /// What the cases say is not what the simulator happens to do.
  @Test(arguments: StorageCase.all, Machine.places)
  func `holds in this machine's kernel`(_ testCase: StorageCase, _ place: String) async throws {
    try await Machine.withDirectory(in: place) { provider in
      try await testCase.body(Volume(storage: Storage(provider: provider)))
    }
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

/// Places for files of the machine.
enum Machine {
  /// A disk, in most places, and memory.
  static let places = ["/tmp", "/dev/shm"].filter { (place: String) in
    access(place, W_OK) == 0
  }

  /// Makes an empty directory, and removes it with all that has come into it.
  static func withDirectory(in place: String, _ body: (KernelStorage) async throws -> Void)
    async throws
  {
    let path = "\(place)/moonpool-\(UUID().uuidString)"
    guard mkdir(path, 0o700) == 0 else { throw StorageError(.inputOutput, "mkdir", path) }
    let storage = try KernelStorage(below: path)
    do {
      try await body(storage)
    } catch {
      try await removeEverything(below: storage, path)
      throw error
    }
    try await removeEverything(below: storage, path)
  }

  private static func removeEverything(below storage: KernelStorage, _ path: String) async throws {
    try await empty("", storage)
    rmdir(path)
  }

  /// By short paths: some would be too long with the directory's own in front.
  private static func empty(_ directory: String, _ storage: KernelStorage) async throws {
    for entry in try await storage.entries(of: directory.isEmpty ? "/" : directory) {
      let path = directory.isEmpty ? entry.name : "\(directory)/\(entry.name)"
      if entry.kind == .directory {
        try await empty(path, storage)
        try await storage.removeDirectory(path)
      } else {
        try await storage.remove(path)
      }
    }
  }
}
