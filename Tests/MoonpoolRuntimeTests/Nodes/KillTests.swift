//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import Testing

/// From the instant of a kill no instruction of the node runs: counted over many crashes of nodes
/// whose tasks wait in every way there is, while a live node provokes the dead one with everything
/// that it was handed.
@Suite(.serialized) struct KillTests {
  /// One run: a node with `tasks` live tasks is crashed `crashes` times.
  static func campaign(
    seed: UInt64, crashes: Int, tasks: Int, ledger: CrashLedger, hops: HopDensity = .drawn
  ) -> RunReport {
    var options = SimulationOptions()
    options.hops = hops
    options.strategy = .uniform  // starves nobody, and the subjects poll
    options.runOutLimit = 10_000_000
    return Simulation.run(seed: seed, options: options) {
      let shelf = SharedShelf()
      let outsiders = Outsiders()
      let random = Simulation.random("crashes")
      var node = Simulation.node(named: "victim")
      for crash in 0..<crashes {
        CrashSubject(ledger: ledger, shelf: shelf, outsiders: outsiders, node: node).start(tasks)
        try await Simulation.clock.sleep(for: .microseconds(200 + Int(random.uint64(below: 400))))
        if crash.isMultiple(of: 3) {
          await shelf.kill(node)
        } else {
          node.kill()
        }
        await provoke(outsiders, shelf)
        node = node.restart()
      }
      node.kill()
    }
  }

  /// What a live node can do to a dead one.
  static func provoke(_ outsiders: Outsiders, _ shelf: SharedShelf) async {
    let contents = outsiders.take()
    for continuation in contents.continuations { continuation.resume() }
    for continuation in contents.checked { continuation.resume(throwing: CancellationError()) }
    for stream in contents.streams {
      stream.yield(1)
      stream.finish()
    }
    for task in contents.tasks { task.cancel() }
    for _ in 0..<3 {
      _ = await shelf.count
      await Task { @ShelfActor in }.value
      await MainActor.run {}
    }
    try? await Simulation.clock.sleep(for: .milliseconds(1))
  }

  /// MOONPOOL_CRASHES asks for more than the 510 of every day, and prints what they cost.
  static let crashes =
    ProcessInfo.processInfo.environment["MOONPOOL_CRASHES"].flatMap(UInt64.init) ?? 170

  @Test(arguments: [HopDensity.never, .always, .fraction(0.5)])
  func nothingOfADeadNodeRuns(hops: HopDensity) {
    let ledger = CrashLedger()
    for seed: UInt64 in 1...Self.crashes / 17 {
      if seed.isMultiple(of: 50) {
        print("\(seed * 17) crashes: \(residentMegabytes()) MB resident")
      }
      let before = ledger.runOutCount
      let report = Self.campaign(seed: seed, crashes: 17, tasks: 100, ledger: ledger, hops: hops)
      #expect(report.passed, "\(report.line.prefix(400))")
      #expect(report.abandonedTasks == 0)
      #expect(ledger.runOutCount > before)
    }
    #expect(ledger.deadCount == 0, "\(ledger.description)")
    #expect(ledger.aliveCount > Int(Self.crashes / 17) * 17 * 100, "\(ledger.description)")
  }

  @Test func deadNodesHandleNeverFinishes() {
    let report = Simulation.run(seed: 1) {
      let node = Simulation.node(named: "victim")
      let task = node.run { try await Task.sleep(for: .seconds(1)) }
      try await Task.sleep(for: .milliseconds(1))
      node.kill()
      _ = try await task.value
    }
    guard case .deadlocked(let waits) = report.verdict else {
      Issue.record("\(report.line)")
      return
    }
    #expect(waits.tasks.count == 1, "\(waits)")
  }
}
