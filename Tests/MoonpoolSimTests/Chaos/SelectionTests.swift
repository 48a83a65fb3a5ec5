//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What a recipe leaves out of a run, and what it leaves alone.
@Suite struct SelectionTests {
  private static let seeds: ClosedRange<UInt64> = 1...3

  /// Three processes with all that can go wrong, often.
  private static let stormy = Scenario("stormy") {
    Processes(3, named: "server") { Scribe() }.onExit(.restart(after: .milliseconds(100)))
    Clients(2) { Caller() }
    Chaos(for: .seconds(4)) {
      allNetworkFaults
      allStorageFaults
      allProcessFaults
      Attrition(
        maxDead: 2, graceful: 0.2, kill: 0.2, crash: 0.2, powerLoss: 0.2, wipe: 0.2,
        interval: .milliseconds(100) ... .milliseconds(400),
        recovery: .milliseconds(50) ... .milliseconds(300))
      ClockFaults(
        maxSkew: .seconds(1), maxDrift: 1_000, jumpRate: 0.5, maxJump: .seconds(1), slewRate: 0.2)
      Buggify(armed: 1, fired: 0.2)
    }
  }

  private static var allNetworkFaults: NetworkFaults {
    let windows = FaultWindows(rate: 0.7, lasting: .milliseconds(10) ... .milliseconds(100))
    var faults = NetworkFaults()
    faults.clog = windows
    faults.swizzledClog = windows
    faults.partition = windows
    faults.bitFlip.rate = 0.7
    faults.randomClose.rate = 0.7
    faults.halfOpenRate = 0.7
    faults.connectRefusal = windows
    faults.connectHang = windows
    faults.partialIO = windows
    faults.latencySpike = windows
    faults.datagramLoss = windows
    faults.datagramDoubling = windows
    return faults
  }

  private static var allStorageFaults: StorageFaults {
    var faults = StorageFaults()
    for path: WritableKeyPath<StorageFaults, Double> in [
      \.readCorruptionProbability, \.transientReadCorruptionProbability,
      \.writeCorruptionProbability, \.misdirectedReadProbability, \.misdirectedWriteProbability,
      \.phantomWriteProbability, \.syncFailureProbability, \.lyingSyncProbability,
      \.readErrorProbability, \.writeErrorProbability, \.noSpaceProbability,
      \.tornSectorProbability, \.uninitialisedSectorProbability, \.crashCorruptionProbability,
      \.wrongDiskProbability, \.wipeProbability,
    ] { faults[keyPath: path] = 0.2 }
    faults.stall = FaultWindows(rate: 0.7, lasting: .milliseconds(1) ... .milliseconds(20))
    faults.throttle = faults.stall
    return faults
  }

  private static var allProcessFaults: ProcessFaults {
    var faults = ProcessFaults()
    faults.pause = FaultWindows(rate: 0.5, lasting: .milliseconds(10) ... .milliseconds(100))
    faults.slowness = faults.pause
    return faults
  }

  /// The seeds with a selection of faults; none that fails.
  private static func reports(_ selection: String) throws -> [SimulationReport] {
    try seeds.map { seed in
      let report = stormy.run(try Recipe(parsing: "\(seed): \(selection)"))
      #expect(report.passed, "\(report.line)")
      return report
    }
  }

  /// All that has a name; of buggify the beginning.
  private static let everything = [
    "buggify", "clock.jump", "clock.rate",
    "network.bitFlip", "network.clog", "network.connectHang", "network.connectRefusal",
    "network.datagramDoubling", "network.datagramLoss", "network.halfOpen",
    "network.latencySpike", "network.partialIO", "network.partition", "network.randomClose",
    "network.swizzledClog", "process.crash", "process.crashAndWipe", "process.graceful",
    "process.kill", "process.pause", "process.powerLoss", "process.slow",
    "storage.crashCorruption", "storage.lyingSync", "storage.misdirectedRead",
    "storage.misdirectedWrite", "storage.noSpace", "storage.phantomWrite",
    "storage.readCorruption", "storage.readError", "storage.stall", "storage.syncFailure",
    "storage.throttle", "storage.tornSector", "storage.transientReadCorruption",
    "storage.uninitialisedSector", "storage.wipe", "storage.writeCorruption",
    "storage.writeError", "storage.wrongDisk",
  ]

  @Test func everyFaultHasANameAndANumber() throws {
    let reports = try Self.reports("without faults()")
    let names = reports.flatMap(\.faults).map {
      $0.name.hasPrefix("buggify.") ? "buggify" : $0.name
    }
    #expect(Set(names).sorted() == Self.everything)
    for report in reports {
      var counts: [String: UInt64] = [:]
      for fault in report.faults {
        counts[fault.name, default: 0] += 1
        #expect(fault.number == counts[fault.name])
      }
      #expect(report.faults.map(\.time) == report.faults.map(\.time).sorted())
    }
    // To select all changes nothing.
    let plain = Self.stormy.reports(Self.seeds)
    #expect(plain.map(\.run.decisionCount) == reports.map(\.run.decisionCount))
    #expect(plain.map(\.timeline.description) == reports.map(\.timeline.description))
  }

  @Test func nothingGoesWrongIfNoFaultTakesPart() throws {
    for report in try Self.reports("only faults()") {
      #expect(report.faults.isEmpty)
      let told = report.timeline.filter { $0.kind == .fault }.map(\.name)
      #expect(told.isEmpty)
      #expect(report.processes == ProcessEffects() && report.clocks == ClockEffects())
      #expect(NetworkFaultFamily.allCases.allSatisfy { report.network.effects(of: $0) == 0 })
      #expect(StorageFaultFamily.injected.allSatisfy { report.storage[$0].effective == 0 })
      #expect(report.buggify.allSatisfy { $0.fired == 0 && $0.visited > 0 })
      #expect(report.starts == [1, 1, 1])
    }
  }

  @Test(arguments: everything) func aFamilyCanBeLeftOut(name: String) throws {
    for report in try Self.reports("without faults(\(name))") {
      #expect(!report.faults.contains { $0.name == name || $0.name.hasPrefix("\(name).") })
      // A machine that is replaced has an empty disk, too.
      let told = report.timeline.contains { $0.kind == .fault && $0.name == name }
      #expect(!told || name == "storage.wipe")
      #expect(report.faults.count > 40)
    }
  }

  @Test func aSingleFaultCanTakePartAlone() throws {
    var seen: Set<String> = []
    for seed in Self.seeds {
      let all = Self.stormy.run(try Recipe(parsing: "\(seed): without faults()")).faults
      // The second of each name, where the world before it doesn't decide whether there is one.
      for fault in all where fault.number == 2 && fault.name.hasPrefix("network.") {
        let report = Self.stormy.run(try Recipe(parsing: "\(seed): only faults(\(fault.part))"))
        #expect(report.faults.map(\.description.shortened) == [fault.description.shortened])
        seen.insert(fault.name)
      }
    }
    #expect(seen.count == NetworkFaultFamily.allCases.count)
  }

  @Test func whatIsLeftOutLeavesTheStrikesOfTheOthersWhereTheyWere() throws {
    let all = try Self.reports("without faults()")
    let rest = try Self.reports("without faults(network.clog#1...3, network.partition, storage)")
    for (all, rest) in zip(all, rest) {
      let isRest = { (fault: StruckFault) in
        fault.name.hasPrefix("network.") && fault.name != "network.partition"
          && !(fault.name == "network.clog" && fault.number <= 3)
      }
      #expect(
        Set(all.faults.filter(isRest).map(\.description.shortened))
          == Set(rest.faults.filter(isRest).map(\.description.shortened)))
    }
  }

  // MARK: Nodes and operations

  @Test func theLastOfAGroupCanBeLeftOutButNotMoreThanItAllows() throws {
    let scenario = Scenario("sizes") {
      Processes(2...5, named: "server") { _ in Scribe() }
      Clients(1...4, named: "client") { _ in Idler() }
    }
    func names(_ text: String) throws -> [String] {
      let started = try scenario.run(Recipe(parsing: text)).timeline.filter { $0.name == "hello" }
      return started.map(\.source).sorted()
    }
    // One with five and four.
    let seed = try #require(try (1...100).first { try names("\($0)").count == 9 })
    let all = try names("\(seed)")
    let rest = all.filter { !["server-3", "server-4", "client-3"].contains($0) }
    #expect(try names("\(seed): without nodes(server#4...9, client#2)") == rest)
    #expect(try names("\(seed): only nodes()") == ["client-0", "server-0", "server-1"])
  }

  @Test func operationsAreCountedByClientAndKind() throws {
    let scenario = Scenario("operations") {
      Clients(2) { Chooser() }
    }
    let selection = "only operations(client-0.write#2...3, client-1.operation#1)"
    let report = try scenario.run(Recipe(parsing: "1: \(selection)"))
    #expect(
      report.timeline.filter { $0.kind == .log }.map { "\($0.source) \($0.name)" }.sorted()
        == ["client-0 write 1", "client-0 write 2", "client-1 other 0"])
    #expect(
      report.operations.map { "\($0.name) \($0.count)" }
        == ["client-0.operation 4", "client-0.write 4", "client-1.operation 4", "client-1.write 4"])
    let all = scenario.run(seed: 1).timeline.filter { $0.kind == .log }
    #expect(all.count == 16)
  }
}

extension String {
  /// What and whom, without what the state of the world decides. It may be busy at the instant.
  fileprivate var shortened: String {
    let words = split(separator: " ")
    return
      ([words[0]] + words[3...].filter { !$0.hasPrefix("connection=") && !$0.hasPrefix("ends=") })
      .joined(separator: " ")
  }
}

private struct Idler: Workload {
  func run(on node: Node, in cluster: Cluster) async throws { node.logger.info("hello") }
}

private struct Chooser: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    for round in 0..<4 {
      if cluster.begins("write") { node.logger.info("write \(round)") }
      if cluster.begins() { node.logger.info("other \(round)") }
    }
  }
}

/// Calls servers while there are faults.
private struct Caller: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    while !cluster.isQuiet {
      let server = node.random.element(of: cluster.processes)!
      _ = try? await node.clock.withTimeout(.milliseconds(300)) {
        let address = NetworkAddress(ip: server.address, port: Echo.port)
        try await node.network.withConnection(to: address) { connection in
          try await connection.write([1, 2, 3])
          _ = try await connection.read(exactly: 3)
        }
      }
      try await node.clock.sleep(for: .milliseconds(30))
    }
  }
}

/// Answers echoes, and uses its disk.
private struct Scribe: Program {
  func run(on node: Node) async throws {
    node.logger.info("hello")
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await Echo().run(on: node) }
      while true {
        try? await scribble(on: node)
        if buggify() { node.logger.info("buggified") }
        try await node.clock.sleep(for: .milliseconds(30))
      }
    }
  }

  private func scribble(on node: Node) async throws {
    let file = try await node.storage.open("notes", .createOrOpen)
    try await file.write([UInt8](repeating: 7, count: 2_000), at: 0)
    try await file.synchronize()
    _ = try await file.read(at: 0, count: 2_000)
    let grown = try await file.size()
    try await file.write([UInt8](repeating: 8, count: 4_000), at: grown)
  }
}
