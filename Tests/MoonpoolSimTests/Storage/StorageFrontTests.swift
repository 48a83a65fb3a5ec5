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

/// Files as a program sees them, through crashes and reboots.
@Suite struct StorageFrontTests {
  /// Counts its starts in a file; makes that durable or not.
  struct Counter: Program {
    var synchronizes: Bool

    func run(on node: Node) async throws {
      let file = try await node.storage.open("starts", .createOrOpen)
      let starts = try await file.read(at: 0, count: 1).first ?? 0
      node.logger.info("starts", metadata: ["before": "\(starts)"])
      try await file.write([starts + 1], at: 0)
      if synchronizes {
        try await file.synchronize()
        try await node.storage.synchronizeDirectory()
      }
      node.logger.info("counted")
      try await node.clock.sleep(for: .seconds(3600))
    }
  }

  struct Reboots: FaultInjector {
    var kind: RebootKind

    func inject(with faults: FaultContext) async throws {
      for _ in 0..<3 {
        try await faults.sleep(for: .seconds(1))
        faults.reboot(faults.cluster.processes[0], kind, recovery: .milliseconds(100))
      }
    }
  }

  private func counts(_ synchronizes: Bool, _ kind: RebootKind) -> [[Int]] {
    let scenario = Scenario("counter") {
      Processes(1, named: "counter") { Counter(synchronizes: synchronizes) }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(5)) }
      Chaos(for: .seconds(10)) { Reboots(kind: kind) }
    }
    return scenario.reports(0..<40).map { report in
      #expect(report.passed && report.run.abandonedTasks == 0, "\(report.line)")
      return report.timeline.filter { $0.name == "starts" }.compactMap { $0.int("before") }
    }
  }

  @Test(arguments: [RebootKind.crash, .powerLoss, .graceful, .kill])
  func `what was synchronised survives every reboot`(kind: RebootKind) {
    #expect(counts(true, kind).allSatisfy { $0 == [0, 1, 2, 3] })
  }

  @Test(arguments: [RebootKind.crash, .powerLoss])
  func `what was not synchronised is lost in some crashes and not in others`(kind: RebootKind) {
    let seen = Set(counts(false, kind))
    #expect(seen.contains { $0 != [0, 1, 2, 3] } && seen.count > 2)
  }

  @Test func `the end of a process loses nothing, and a wipe everything`() {
    #expect(counts(false, .graceful).allSatisfy { $0 == [0, 1, 2, 3] })
    #expect(counts(false, .kill).allSatisfy { $0 == [0, 1, 2, 3] })
    #expect(counts(true, .crashAndWipe).allSatisfy { $0 == [0, 0, 0, 0] })
  }

  @Test func `no operation of a dead process reports success`() {
    /// Writes without end; each success is told.
    struct Writer: Program {
      func run(on node: Node) async throws {
        let file = try await node.storage.open("log", .createOrOpen)
        for offset in 0... {
          try await file.write([1], at: Int64(offset))
          node.logger.info("wrote")
        }
      }
    }
    let scenario = Scenario("writer") {
      Processes(1, named: "writer") { Writer() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(4)) }
      Chaos(for: .seconds(10)) { Reboots(kind: .crash) }
    }
    for report in scenario.reports(0..<10) {
      #expect(report.passed && report.run.abandonedTasks == 0, "\(report.line)")
      var isUp = true
      for event in report.timeline where event.source == "writer" {
        if event.name == "stopped" { isUp = false }
        if event.name == "started" { isUp = true }
        if event.name == "wrote" { #expect(isUp) }
      }
    }
  }

  private actor Ledger {
    let file: File
    private(set) var entries: [String] = []

    init(_ file: File) { self.file = file }

    func add(_ name: String) async throws {
      entries.append("\(name) begins")
      try await file.write([1], at: 0)
      entries.append("\(name) ends")
    }
  }

  @Test func `others run while a task waits for its disk`() {
    let scenario = Scenario("ledger") {
      Clients { node, _ in
        let ledger = Ledger(try await node.storage.open("file", .createOrOpen))
        try await withThrowingTaskGroup(of: Void.self) { group in
          for name in ["a", "b"] { group.addTask { try await ledger.add(name) } }
          try await group.waitForAll()
        }
        let entries = await ledger.entries
        node.logger.info("order", metadata: ["entries": "\(entries.joined(separator: ", "))"])
      }
    }
    let orders = Set(
      scenario.reports(0..<60).map { report in
        report.timeline.first { $0.name == "order" }?["entries"] ?? report.line
      })
    // The second call enters the actor while the first one waits, whichever is first.
    #expect(orders.contains("a begins, b begins, a ends, b ends"), "\(orders)")
    #expect(orders.contains("b begins, a begins, b ends, a ends"), "\(orders)")
  }

  @Test func `a wait that is spared takes the time that it would have taken`() {
    let report = Simulation.run(seed: 1) {
      var configuration = WorldConfiguration()
      configuration.storage = .fast
      let world = World.begin(configuration)
      let node = world.boot("node", on: world.addHost(IPAddress(10, 0, 0, 1)))
      let told = try await node.tasks.run("alone") {
        let file = try await node.node.storage.open("file", .createOrOpen)
        let alone = node.node.clock.now
        for _ in 0..<3_000 { try await file.write([1], at: 0) }
        let spared = alone.duration(to: node.node.clock.now)
        let ticking = Task { while !Task.isCancelled { await Task.yield() } }
        let together = node.node.clock.now
        for _ in 0..<3_000 { try await file.write([1], at: 0) }
        let waited = together.duration(to: node.node.clock.now)
        ticking.cancel()
        return (spared, waited)
      }.value
      guard told.0 >= .milliseconds(3), told.0 < .milliseconds(30), told.1 >= told.0 else {
        throw PropertyViolation("\(told)")
      }
    }
    #expect(report.passed, "\(report.line)")
  }
}
