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
import MoonpoolTransport
import Testing

/// Says which life it is, or that it doesn't know.
private struct Living: Program {
  func run(on node: Node) async throws {
    do {
      let transport = try await Transport.listening(on: node, port: Desk.port)
      node.logger.info("life", metadata: ["is": "\(transport.incarnation)"])
      try await node.clock.sleep(for: .seconds(1 << 20))
    } catch let error as StorageError {
      node.logger.info("error", metadata: ["is": "\(error)"])
      try await node.clock.sleep(for: .seconds(1 << 20))
    }
  }
}

/// Each life of a node has a larger number than those before.
@Suite struct IncarnationTests {
  private static let file = "moonpool-incarnation"

  /// The numbers of the lives of a node to which something is done.
  private static func lives(
    _ seed: UInt64 = 1,
    _ work: @escaping @Sendable (FaultContext, ProcessReference) async throws -> Void
  ) -> [UInt64] {
    var scenario = Scenario("lives") {
      Processes(named: "a") { Living() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(40)) }
      Chaos.by { faults in try await work(faults, faults.cluster.processes[0]) }
    }
    scenario.options.leaks = .ignore
    let report = scenario.run(seed: seed)
    return report.said("life", by: "a", "is").compactMap { UInt64($0) }
  }

  private static func grow(_ lives: [UInt64]) -> Bool {
    zip(lives, lives.dropFirst()).allSatisfy { $0 < $1 }
  }

  @Test(arguments: [RebootKind.graceful, .kill, .crash, .powerLoss])
  func itGrows(kind: RebootKind) {
    let lives = Self.lives { faults, node in
      for _ in 1...4 {
        try await faults.sleep(for: .seconds(4))
        faults.reboot(node, kind, recovery: .milliseconds(100))
      }
    }
    #expect(lives.count == 5)
    #expect(Self.grow(lives), "\(lives)")
  }

  @Test func itGrowsThoughTheClockGoesBack() {
    let lives = Self.lives { faults, node in
      for kind in [RebootKind.kill, .powerLoss, .graceful, .crash] {
        try await faults.sleep(for: .seconds(4))
        faults.jump(node, by: .seconds(-3_600))
        faults.reboot(node, kind, recovery: .milliseconds(100))
      }
    }
    #expect(lives.count == 5)
    #expect(Self.grow(lives), "\(lives)")
    // One more each time: the clock says less.
    #expect(lives.last == lives.first.map { $0 + 4 })
  }

  @Test func withoutItsFileTheClockHasToDo() {
    let lives = Self.lives { faults, node in
      try await faults.sleep(for: .seconds(5))
      faults.reboot(node, .crashAndWipe, recovery: .seconds(1))
    }
    #expect(lives.count == 2)
    #expect(Self.grow(lives), "\(lives)")
    // By what has passed, in microseconds.
    #expect((5_900_000...6_500_000).contains(lives[1] - lives[0]), "\(lives)")
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func aDamagedFileIsNotBelieved(seed: UInt64) {
    let lives = Self.lives(seed) { faults, node in
      // So that what is in the file is not what the clock says.
      try await faults.sleep(for: .seconds(2))
      faults.jump(node, by: .seconds(3_600))
      faults.reboot(node, .kill, recovery: .milliseconds(10))
      try await faults.sleep(for: .seconds(2))
      faults.jump(node, by: .seconds(-3_600))
      faults.corrupt(file: Self.file, of: node, bits: 1)
      faults.reboot(node, .kill, recovery: .milliseconds(10))
    }
    #expect(lives.count == 3)
    #expect(lives[1] > lives[0] + 3_600_000_000, "\(lives)")
    #expect((3_900_000...4_500_000).contains(lives[2] - lives[0]), "\(lives)")
  }

  /// The clock might be behind it: who takes that for an answer is an earlier life of itself.
  @Test func aFileThatCannotBeReadIsAnError() {
    let lives = Self.lives { faults, node in
      try await faults.sleep(for: .seconds(4))
      faults.jump(node, by: .seconds(-3_600))
      var failing = StorageFaults()
      failing.readErrorProbability = 1
      try faults.setStorageFaults(failing, of: node)
      faults.reboot(node, .kill, recovery: .milliseconds(100))
      try await faults.sleep(for: .seconds(4))
      try faults.setStorageFaults(StorageFaults(), of: node)
      faults.reboot(node, .kill, recovery: .milliseconds(100))
    }
    #expect(Self.grow(lives), "\(lives)")
    #expect(lives.count == 2)
  }
}
