//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What is said of each fault that struck.
@Suite struct FaultAccountTests {
  /// The faults of a run that fails at its end, whatever becomes of its programs.
  private func strikes(
    isTalking: Bool = true, _ chaos: Chaos
  ) throws -> [FaultAccount] {
    let scenario = Scenario("struck") {
      Processes(2, named: "server") { Busy() }
      Clients { Watcher(isTalking: isTalking) }
      chaos
    }
    let recipe = try Recipe(parsing: "1: without faults()")
    let report = try Campaign(scenario, seeds: SeedPlan(Seeds([recipe]))).run()
    let group = try #require(report.failures.first)
    #expect(group.signature.cause.hasPrefix("the end comes"), "\(group.line)")
    #expect(report.unrepeatable.isEmpty)
    return group.details.strikes
  }

  // MARK: One after the other

  @Test func whatAnInjectorDoesIsSaid() throws {
    let strikes = try strikes(Chaos(for: .seconds(30)) { OneAfterTheOther() })
    #expect(
      strikes.map(\.sentence) == [
        "server-0 stood still for 0.02 seconds",
        "server-0 was 3.0 times as slow for 0.02 seconds",
        "server-0 was cut off from server-1",
        "nothing went from server-0 to server-1",
        "server-0, server-1 were cut off from all others",
        "what server-0 sent to server-1 had to wait for 0.02 seconds",
        "server-1's wall clock was set by 1.0 seconds",
        "server-1's clocks were off by 5000 parts per billion",
        "on the disk of server-0, other faults were set",
        "on the disk of server-0, bits of a file were flipped",
        "on the disk of server-0, all free room was taken",
        "on the disk of server-0, nothing was done for 0.02 seconds",
        "on the disk of server-0, all was slow for 0.02 seconds",
        "on the disk of server-0, the next sync was made to fail",
        "server-0 was asked to end",
        "server-0 was killed",
        "server-0's machine crashed",
        "server-0's machine lost power",
        "server-0's machine was replaced by one with an empty disk",
      ])
    #expect(strikes.allSatisfy { $0.number == 1 && "\($0.part)" == "\($0.name)#1" })
  }

  @Test func notesTellWhatCameOfIt() throws {
    let strikes = try strikes(Chaos(for: .seconds(30)) { OneAfterTheOther() })
    let words = "its last words: busy \(String(repeating: "and busy ", count: 20))"
    // As long as a line may be, and no longer.
    let last = String(words.prefix(16 + 119)) + "…"
    for strike in strikes where !strike.name.hasPrefix("network") {
      let hasVictim = !["partition", "clog"].contains { strike.name.hasPrefix($0) }
      #expect(strike.notes.first == (hasVictim ? last : nil), "\(strike)")
    }
    let notes = Dictionary(uniqueKeysWithValues: strikes.map { ($0.name, $0.notes.dropFirst()) })
    #expect(notes["process.pause"] == [] && notes["storage.stall"] == [])
    var losses = 0
    for kind in RebootKind.allCases {
      let notes = try #require(notes["process.\(kind)"])
      #expect(notes.last?.hasPrefix("back at ") == true, "\(kind)")
      let lost = notes.dropLast()
      #expect(lost.count <= 1 && lost.allSatisfy { $0.hasPrefix("lost ") })
      #expect(lost.allSatisfy { $0.hasSuffix(" that had not been synchronized") })
      // Only machines forget what was written.
      #expect(lost.isEmpty || ![.graceful, .kill].contains(kind), "\(kind)")
      losses += lost.count
    }
    #expect(losses > 0)
  }

  /// Does everything that an injector can do, each for a short time.
  private struct OneAfterTheOther: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      let (a, b) = (faults.cluster.processes[0], faults.cluster.processes[1])
      let time = Duration.milliseconds(20)
      let strikes: [() throws -> Void] = [
        { faults.pause(a, for: time) }, { faults.slow(a, by: 3, for: time) },
        { faults.partition([a], from: [b]) }, { faults.partitionOneWay(from: [a], to: [b]) },
        { faults.isolate([a, b]) }, { faults.clog(from: a, to: b, for: time) },
        { faults.jump(b, by: .seconds(1)) }, { faults.changeRate(of: b, to: 5_000) },
        { try faults.setStorageFaults(StorageFaults(), of: a) },
        { faults.corrupt(file: "file", of: a) }, { faults.fill(a) },
        { faults.stall(a, for: time) }, { faults.throttle(a, for: time) },
        { faults.failNextSync(of: a) },
      ]
      for strike in strikes {
        try await faults.sleep(for: .milliseconds(300))
        try strike()
        try await faults.sleep(for: time)
        faults.healAll()
        faults.free(a)
      }
      for kind in RebootKind.allCases {
        try await faults.sleep(for: .seconds(3))
        faults.reboot(a, kind, recovery: time)
      }
    }
  }

  // MARK: Families

  private static let duration = " for [0-9.e-]+ seconds"
  private static let traffic = "(what was sent to server-[01]|what server-[01] sent)"

  private static let network: [NetworkFaultFamily: String] = [
    .clog: "\(traffic) had to wait\(duration)",
    .swizzledClog: "(server-[01] was|(server-[01], )+server-[01] were) clogged, "
      + "and freed in another order\(duration)",
    .partition: "((server-[01] was|server-[01], (server-1|client) were) cut off from the others"
      + "|nothing went from server-[01](, (server-1|client))? to the others)\(duration)",
    .bitFlip: "bits flipped in \(traffic)",
    .randomClose: "(the connection 10[0-9.:]+-10[0-9.:]+ was reset( at one end)?"
      + "|server-[01] had no connection to lose)",
    .halfOpen: "(one end of the connection 10[0-9.:]+-10[0-9.:]+ vanished"
      + "|server-[01] had no connection to lose)",
    .connectRefusal: "server-[01] refused all connects\(duration)",
    .connectHang: "connects to server-[01] got no answer\(duration)",
    .partialIO: "server-[01] wrote and read only parts\(duration)",
    .latencySpike: "\(traffic) took ([2-9]|[1-9][0-9]|100) times as long\(duration)",
    .datagramLoss: "datagrams from and to server-[01] got lost\(duration)",
    .datagramDoubling: "datagrams from and to server-[01] came twice\(duration)",
  ]

  @Test func everyFamilyOfTheNetworkHasASentence() throws {
    var faults = NetworkFaults()
    let windows = FaultWindows(rate: 0.5, lasting: .milliseconds(1) ... .milliseconds(90))
    faults.clog = windows
    faults.swizzledClog = windows
    // So many that each shape has its turn.
    faults.partition = FaultWindows(rate: 2, lasting: windows.duration)
    faults.bitFlip.rate = 0.5
    faults.randomClose = .init(rate: 0.5, explicitRatio: 0.5)
    faults.halfOpenRate = 0.5
    faults.connectRefusal = windows
    faults.connectHang = windows
    faults.partialIO = windows
    faults.latencySpike = windows
    faults.datagramLoss = windows
    faults.datagramDoubling = windows
    let strikes = try strikes(Chaos(for: .seconds(30)) { faults })
    let patterns = Self.network.map { ("network.\($0.key.rawValue)", $0.value) }
    try expect(strikes, Dictionary(uniqueKeysWithValues: patterns))
    let said = Set(strikes.map(\.sentence))
    for part in [" was clogged", " were clogged", "nothing went from", " was reset at one end"] {
      #expect(said.contains { $0.contains(part) }, "\(part)")
    }
    #expect(said.contains { $0.hasSuffix(" was reset") })

    let idle = try self.strikes(isTalking: false, Chaos(for: .seconds(30)) { faults })
    #expect(idle.contains { $0.sentence.hasSuffix(" had no connection to lose") })
  }

  private static let storage: [StorageFaultFamily: String] = [
    .readCorruption: "a bit that was read flipped for good",
    .transientReadCorruption: "a bit flipped in what was read",
    .writeCorruption: "a bit that was written flipped",
    .misdirectedRead: "a read returned what was somewhere else",
    .misdirectedWrite: "a write landed somewhere else",
    .phantomWrite: "a write was reported as done, but was not",
    .syncFailure: "a sync failed",
    .lyingSync: "a sync was reported as done, but nothing had become durable",
    .readError: "a read failed", .writeError: "a write failed",
    .noSpace: "there was no room for a write", .stall: "nothing was done\(duration)",
    .throttle: "all was slow\(duration)", .tornSector: "a crash left a sector half written",
    .uninitialisedSector: "a crash left arbitrary bytes where a file had grown",
    .crashCorruption: "a crash corrupted what was not durable",
    .wrongDisk: "the machine came up with another one's disk",
    .wipe: "the machine came up with an empty disk",
  ]

  @Test func everyFamilyOfDisksHasASentence() throws {
    var faults = StorageFaults().with(.lyingSync, .wrongDisk, .wipe)
    faults.readCorruptionProbability = 0.05
    faults.transientReadCorruptionProbability = 0.05
    faults.writeCorruptionProbability = 0.05
    faults.misdirectedReadProbability = 0.05
    faults.misdirectedWriteProbability = 0.05
    faults.phantomWriteProbability = 0.05
    faults.syncFailureProbability = 0.05
    faults.lyingSyncProbability = 0.05
    faults.readErrorProbability = 0.05
    faults.writeErrorProbability = 0.05
    faults.noSpaceProbability = 0.05
    faults.stall = FaultWindows(rate: 0.5, lasting: .milliseconds(1) ... .milliseconds(9))
    faults.throttle = faults.stall
    faults.tornSectorProbability = 0.3
    faults.uninitialisedSectorProbability = 0.3
    faults.crashCorruptionProbability = 0.3
    faults.wrongDiskProbability = 0.3
    faults.wipeProbability = 0.3
    let chaos = Chaos(for: .seconds(30)) {
      faults
      Outages()
      ClockFaults(maxDrift: 50_000, jumpRate: 0.2, maxJump: .milliseconds(300))
      Buggify(armed: 1, fired: 0.1)
    }
    let patterns = Self.storage.map {
      ("storage.\($0.key)", "on the disk of server-[01], \($0.value)")
    }
    try expect(
      strikes(chaos),
      Dictionary(uniqueKeysWithValues: patterns).merging([
        "process.powerLoss": "server-[01]'s machine lost power",
        "clock.jump": "server-[01]'s wall clock was set by -?[0-9.e-]+ seconds",
        "clock.rate": "server-[01]'s clocks were off by -?[0-9]+ parts per billion",
        "buggify.hiccup": "the buggify site hiccup fired",
      ]) { $1 })
  }

  /// All names strike, no others, and what is said of them is as it should be.
  private func expect(_ strikes: [FaultAccount], _ patterns: [String: String]) throws {
    #expect(Set(strikes.map(\.name)).sorted() == patterns.keys.sorted())
    for strike in strikes {
      let pattern = try Regex(patterns[strike.name] ?? "")
      #expect(strike.sentence.wholeMatch(of: pattern) != nil, "\(strike.name): \(strike.sentence)")
    }
  }

  /// Machines that are off at the same time.
  private struct Outages: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      while true {
        try await faults.sleep(for: .seconds(1))
        for process in faults.cluster.processes {
          faults.reboot(process, .powerLoss, recovery: .milliseconds(100))
        }
      }
    }
  }
}

private let port: UInt16 = 4_500

/// Answers, and uses its disk, whatever that says.
private struct Busy: Program {
  func run(on node: Node) async throws {
    async let _ = node.network.serve(port: port) { connection in
      while let bytes = try? await connection.read(exactly: 1) {
        try? await connection.write(bytes)
      }
    }
    while true {
      node.logger.info("busy \(String(repeating: "and busy ", count: 20))")
      _ = buggify(named: "hiccup")
      try? await useDisk(of: node)
      try await node.clock.sleep(for: .milliseconds(50))
    }
  }

  private nonisolated(nonsending) func useDisk(of node: Node) async throws {
    let file = try await node.storage.open("file", .createOrOpen)
    let bytes = [UInt8](repeating: 7, count: 2_048)
    try? await file.write(bytes, at: 0)
    try? await file.synchronize()
    _ = try? await file.read(at: 0, count: bytes.count)
    let loose = try await node.storage.open("loose", .createOrOpen)
    try? await loose.write(bytes, at: Int64(node.random.int(in: 0..<100)) * 512)
    file.close()
    loose.close()
  }
}

/// Talks to all servers for as long as there is chaos, and fails.
private struct Watcher: Workload {
  var isTalking: Bool

  func run(on node: Node, in cluster: Cluster) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for process in cluster.processes where isTalking {
        group.addTask {
          while !Task.isCancelled {
            try? await talk(to: process, on: node)
            try? await node.clock.sleep(for: .milliseconds(10))
          }
        }
      }
      try await node.clock.sleep(for: .seconds(31))
      group.cancelAll()
    }
  }

  private func talk(to process: ProcessReference, on node: Node) async throws {
    let address = NetworkAddress(ip: process.address, port: port)
    try await node.network.withConnection(to: address) { connection in
      while true {
        try await connection.write([1])
        guard try await connection.read(timeout: .seconds(1)) != nil else { return }
        try await node.clock.sleep(for: .milliseconds(10))
      }
    }
  }

  func check(on node: Node, in cluster: Cluster) async throws {
    assertAlways(false, "the end comes")
  }
}
