//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim

/// Programs that use files as any other would, and log what no healthy disk does.
enum StorageProbe {
  static let chaos = Duration.milliseconds(200)
  /// When the programs stop using files: nothing that was struck stays unseen.
  static let end = Duration.milliseconds(280)
  static let sectors = 4
  static let size = sectors * 512

  /// A disk without chance, on which a synchronised file keeps its name.
  static var disk: StorageConfiguration {
    var disk = StorageConfiguration.fast
    disk.syncPersistsName = true
    return disk
  }

  /// Programs on such disks, and nothing wrong but `faults` and what `crashes` does.
  static func scenario(
    _ faults: StorageFaults, crashes: Crashes? = nil, on disk: StorageConfiguration = disk,
    count: Int = 1, _ program: @escaping @Sendable () -> any Program
  ) -> Scenario {
    scenario(faults, crashes: crashes, [Processes(count, named: "probe", program).disk(disk)])
  }

  /// Groups of programs, and nothing wrong but `faults` and what `crashes` does.
  static func scenario(
    _ faults: StorageFaults, crashes: Crashes?, _ groups: [Processes]
  ) -> Scenario {
    Scenario("storage probe") {
      for group in groups { group }
      Clients { Patience() }
      Chaos(for: chaos) {
        faults
        if let crashes { crashes }
      }
      Budget(run: .seconds(10), settle: .zero)
    }
  }

  /// Gives the programs time to prepare before the chaos, and to look after it.
  struct Patience: Workload {
    var time = Duration.milliseconds(300)

    func setUp(on node: Node, in cluster: Cluster) async throws {
      try await node.clock.sleep(for: .milliseconds(5))
    }

    func run(on node: Node, in cluster: Cluster) async throws {
      try await node.clock.sleep(for: time)
    }
  }

  /// Crashes all processes at once, again and again; the last time until the chaos is over.
  struct Crashes: FaultInjector {
    var interval = Duration.milliseconds(30)

    func inject(with faults: FaultContext) async throws {
      for round in 1...4 {
        try await faults.sleep(for: interval)
        for process in faults.cluster.processes { faults.reboot(process, .crash, recovery: nil) }
        if round == 4 { return }
        try await faults.sleep(for: .milliseconds(10))
        for process in faults.cluster.processes { faults.start(process) }
      }
    }
  }

  /// Works a file in rounds.
  struct Rounds: Program {
    /// What it does with its file of four sectors, `content` being what it must hold.
    var round: @Sendable (Work) async throws -> Void
    var pause = Duration.milliseconds(20)

    func run(on node: Node) async throws {
      let file = try await node.storage.open("file", .createOrOpen)
      let work = Work(node: node, file: file, content: StorageProbe.letters(0))
      try await file.write(work.content, at: 0)
      try await file.synchronize()
      try await node.clock.sleep(for: .milliseconds(10))
      while Simulation.elapsed < StorageProbe.end {
        work.number += 1
        let start = Simulation.elapsed
        do {
          try await round(work)
        } catch let error as StorageError {
          node.saw("\(error.code)")
        }
        if Simulation.elapsed - start > .milliseconds(1) { node.saw("slow") }
        try await node.clock.sleep(for: pause)
      }
      try await node.clock.sleep(for: .seconds(100))
    }
  }

  /// Safe to share because all code of a simulation runs on one thread.
  final class Work: @unchecked Sendable {
    let node: Node
    let file: File
    var content: [UInt8]
    var number = 0

    init(node: Node, file: File, content: [UInt8]) {
      self.node = node
      self.file = file
      self.content = content
    }

    func read() async throws -> [UInt8] { try await file.read(at: 0, count: StorageProbe.size) }

    /// Tells of bits that aren't as they must be.
    func compare(_ bytes: [UInt8]) {
      if bytes != content { node.saw("wrong bits", bitsDiffering(bytes, content)) }
    }
  }

  /// Uses a file after each boot, and then waits to be killed.
  struct Boots: Program {
    var boot: @Sendable (Node) async throws -> Void

    func run(on node: Node) async throws {
      try await boot(node)
      try await node.clock.sleep(for: .seconds(100))
    }
  }

  /// Four sectors, each of one letter; different ones in each round.
  static func letters(_ round: Int) -> [UInt8] {
    (0..<sectors).flatMap {
      [UInt8](repeating: UInt8(ascii: "a") + UInt8((round * sectors + $0) % 24), count: 512)
    }
  }

  /// How many sectors hold something else than one of the letters, all over.
  static func oddSectors(_ bytes: [UInt8], allowing letters: String) -> Int {
    stride(from: 0, to: bytes.count, by: 512).count { start in
      let letter = bytes[start]
      let rest = bytes[start..<min(start + 512, bytes.count)]
      return !letters.utf8.contains(letter) || !rest.allSatisfy { $0 == letter }
    }
  }
}

extension Node {
  /// Tells what no healthy world shows.
  func saw(_ what: String, _ count: Int = 1, bytes: Int? = nil) {
    var metadata: Logger.Metadata = ["what": "\(what)", "count": "\(count)"]
    if let bytes { metadata["bytes"] = "\(bytes)" }
    logger.info("saw", metadata: metadata)
  }
}
