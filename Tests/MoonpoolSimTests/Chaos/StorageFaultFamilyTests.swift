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

/// What programs see of each family, against what the disks say that they did.
@Suite struct StorageFaultFamilyTests {
  private typealias Family = StorageFaultFamily

  /// How a family is struck, and what programs see of it.
  private struct Expectation {
    var faults = StorageFaults()
    var disk = StorageProbe.disk
    var crashes: StorageProbe.Crashes?
    var count = 1
    var program: @Sendable (_ pause: Duration) -> any Program
    /// What shows the family; without it none of it is ever seen.
    var sign: String
    /// What a run's programs saw must be between these.
    var range: (Int) -> ClosedRange<Int> = { $0...$0 }

    /// Works a file in rounds.
    init(
      _ sign: String, rounds: @escaping @Sendable (StorageProbe.Work) async throws -> Void
    ) {
      self.sign = sign
      program = { StorageProbe.Rounds(round: rounds, pause: $0) }
    }

    /// Uses a file after each crash.
    init(_ sign: String, boots: @escaping @Sendable (Node) async throws -> Void) {
      self.sign = sign
      crashes = StorageProbe.Crashes()
      program = { _ in StorageProbe.Boots(boot: boots) }
    }

    func scenario(_ faults: StorageFaults) -> Scenario {
      let program = program
      return StorageProbe.scenario(faults, crashes: crashes, on: disk, count: count) {
        program(.milliseconds(20))
      }
    }
  }

  private static let some = FaultWindows(
    rate: 10, lasting: .milliseconds(30) ... .milliseconds(60))

  /// A family without a case here doesn't compile.
  private static func expectation(_ family: Family) -> Expectation {
    switch family {
    case .readCorruption, .transientReadCorruption, .writeCorruption, .misdirectedRead,
      .misdirectedWrite, .phantomWrite:
      silent(family)
    case .syncFailure, .readError, .writeError, .noSpace, .stall, .throttle: loud(family)
    case .lyingSync, .crashLoss, .tornSector, .uninitialisedSector, .crashCorruption: crash(family)
    case .wrongDisk, .wipe: reboot(family)
    }
  }

  // MARK: Wrong bytes

  private static func silent(_ family: Family) -> Expectation {
    var expected: Expectation
    switch family {
    case .readCorruption:
      expected = Expectation("wrong bits") { work in
        let bytes = try await work.read()
        work.compare(bytes)
        work.content = bytes  // so it stays
      }
      expected.faults.readCorruptionProbability = 0.05
    case .transientReadCorruption:
      expected = Expectation("wrong bits") { work in work.compare(try await work.read()) }
      expected.faults.transientReadCorruptionProbability = 0.05
    case .writeCorruption:
      expected = Expectation("wrong bits") { work in
        work.content = StorageProbe.letters(work.number)
        try await work.file.write(work.content, at: 0)
        work.compare(try await work.read())
      }
      expected.faults.writeCorruptionProbability = 0.05
    case .misdirectedRead:
      expected = Expectation("wrong sector") { work in
        let start = work.number % StorageProbe.sectors * 512
        let bytes = try await work.file.read(at: Int64(start), count: 512)
        if bytes != Array(work.content[start..<(start + 512)]) { work.node.saw("wrong sector") }
      }
      expected.faults.misdirectedReadProbability = 0.3
    default:
      expected = Expectation("wrong file") { work in
        let start = work.number % StorageProbe.sectors * 512
        let bytes = [UInt8](repeating: UInt8(work.number), count: 512)
        work.content.replaceSubrange(start..<(start + 512), with: bytes)
        try await work.file.write(bytes, at: Int64(start))
        try await work.file.synchronize()
        let found = try await work.read()
        if found != work.content { work.node.saw("wrong file") }
        work.content = found
      }
      expected.faults.misdirectedWriteProbability = family == .misdirectedWrite ? 0.3 : 0
      expected.faults.phantomWriteProbability = family == .phantomWrite ? 0.3 : 0
    }
    return expected
  }

  // MARK: Errors and waits

  private static func loud(_ family: Family) -> Expectation {
    var expected: Expectation
    switch family {
    case .noSpace:
      expected = Expectation("noSpace") { work in
        let size = try await work.file.size()
        try await work.file.write(StorageProbe.letters(work.number), at: size)
      }
      expected.faults.noSpaceProbability = 0.3
    case .stall:
      expected = Expectation("slow") { work in _ = try await work.read() }
      expected.range = { min(1, $0)...$0 }
      expected.faults.stall = some
    case .throttle:
      expected = Expectation("slow") { work in _ = try await work.read() }
      // One may have been under way, and almost done, when it ended.
      expected.range = { max(0, $0 - 1)...$0 }
      expected.faults.throttle = some
      expected.faults.throttleIOPSDivisor = 2_000
      expected.faults.throttleBandwidthDivisor = 2_000
    default:
      expected = Expectation("inputOutput") { work in
        if family == .readError { _ = try await work.read() }
        if family == .writeError { try await work.file.write(work.content, at: 0) }
        if family == .syncFailure { try await work.file.synchronize() }
      }
      expected.faults.readErrorProbability = family == .readError ? 0.3 : 0
      expected.faults.writeErrorProbability = family == .writeError ? 0.3 : 0
      expected.faults.syncFailureProbability = family == .syncFailure ? 0.3 : 0
    }
    return expected
  }

  // MARK: Crashes

  private static func crash(_ family: Family) -> Expectation {
    var expected: Expectation
    switch family {
    case .lyingSync, .crashLoss:
      expected = Expectation("lost") { node in
        let file = try await node.storage.open("file", .createOrOpen)
        var generation = try await file.read(at: 0, count: 1).first ?? 0
        node.logger.info("found", metadata: ["value": "\(generation)"])
        generation += 1
        try await file.write([generation], at: 0)
        if family == .lyingSync || generation == 1 { try await file.synchronize() }
        node.logger.info("wrote", metadata: ["value": "\(generation)"])
      }
      expected.disk.crashSurvival = family == .lyingSync ? .nothing : .anySubset
      expected.faults.lyingSyncProbability = family == .lyingSync ? 0.5 : 0
    case .uninitialisedSector:
      expected = Expectation("odd sectors") { node in
        let file = try await node.storage.open("file", .createOrOpen)
        let bytes = try await file.read(at: 0, count: StorageProbe.size)
        let odd = StorageProbe.oddSectors(bytes, allowing: "\0x")
        if odd > 0 { node.saw("odd sectors", odd) }
        try await file.truncate(to: 0)
        try await file.synchronize()
        try await file.write([UInt8](repeating: UInt8(ascii: "x"), count: StorageProbe.size), at: 0)
      }
      expected.faults.uninitialisedSectorProbability = 0.5
    default:
      expected = Expectation("odd sectors") { node in
        let file = try await node.storage.open("file", .createOrOpen)
        let bytes = try await file.read(at: 0, count: StorageProbe.size)
        let odd = StorageProbe.oddSectors(bytes, allowing: "xy")
        if odd > 0 { node.saw("odd sectors", odd) }
        try await file.write([UInt8](repeating: UInt8(ascii: "x"), count: StorageProbe.size), at: 0)
        try await file.synchronize()
        try await file.write([UInt8](repeating: UInt8(ascii: "y"), count: StorageProbe.size), at: 0)
      }
      expected.faults.tornSectorProbability = family == .tornSector ? 0.3 : 0
      expected.faults.crashCorruptionProbability = family == .crashCorruption ? 0.5 : 0
    }
    return expected
  }

  private static func reboot(_ family: Family) -> Expectation {
    var expected = Expectation("changed") { node in
      let found = try await node.storage.entries(of: "/").map(\.name)
      node.logger.info("found", metadata: ["value": "\(found.joined())"])
      if !found.isEmpty { return node.logger.info("wrote", metadata: ["value": "\(found[0])"]) }
      try await node.storage.open(node.name, .createWrite).synchronize()
      node.logger.info("wrote", metadata: ["value": "\(node.name)"])
    }
    if family == .wrongDisk {
      expected.count = 2
      expected.faults.wrongDiskProbability = 0.3
      expected.range = { 2 * $0...2 * $0 }
    } else {
      expected.faults.wipeProbability = 0.3
    }
    return expected
  }

  /// How often a program found something else than it had written last.
  private static func losses(_ events: some Sequence<TimelineEvent>) -> Int {
    var written: [String: String] = [:]
    var losses = 0
    for event in events {
      if event.name == "wrote" { written[event.source] = event["value"] }
      if event.name == "found", let last = written[event.source], last != event["value"] {
        losses += 1
      }
    }
    return losses
  }

  private static func seen(
    _ expected: Expectation, _ events: some Sequence<TimelineEvent>
  ) -> Int {
    switch expected.sign {
    case "lost", "changed": losses(events)
    default: events.seen(expected.sign)
    }
  }

  @Test(arguments: StorageFaultFamily.allCases)
  func `programs see what the disks count`(family: StorageFaultFamily) {
    let expected = Self.expectation(family)
    var seen = 0
    for report in expected.scenario(expected.faults).reports(0..<40) {
      #expect(report.passed, "\(report.line)")
      let own = Self.seen(expected, report.timeline)
      let counter = report.storage[family]
      #expect(
        expected.range(counter.effective).contains(own), "seed \(report.seed): \(own), \(counter)")
      let told = report.timeline.filter { $0.name == "storage.\(family)" }
      let count = told.reduce(0) { $0 + ($1.int("count") ?? 1) }
      #expect(family == .crashLoss ? told.isEmpty : count == counter.fired, "\(told)")
      #expect(told.allSatisfy { $0.metadata["process"] != nil })
      for other in StorageFaultFamily.allCases where other != family && other != .crashLoss {
        #expect(report.storage[other] == StorageEffects.Counter(), "\(other)")
      }
      seen += own
    }
    #expect(seen >= 20, "saw \(seen) in 40 runs")
  }

  // MARK: Quiet

  /// Which families show in a run without faults: in what a program sees, in what disks count, or
  /// on the timeline.
  private struct Quiet {
    var seed: UInt64
    /// Nothing at all but what families show.
    var isHealthy: Bool
    var shown: Set<Family>
  }

  /// Runs with all families often, and each of them switched off; the programs of some families,
  /// each on a disk of its own. That the others don't hide one is for StorageFaultRunTests.
  private static func quietRuns(_ families: [Family]) -> [Quiet] {
    let programs = families.map { family in
      var expected = expectation(family)
      if family == .crashLoss { expected.disk.crashSurvival = .everything }
      return (name: "\(family)", family: family, expected: expected)
    }
    let groups = programs.map { name, _, expected in
      let program = expected.program
      return Processes(expected.count, named: name) { program(.milliseconds(60)) }
        .disk(expected.disk)
    }
    let loud = Set(Family.allCases).subtracting(families == [.crashLoss] ? [] : [.crashLoss])
    let off = StorageFaultRunTests.all.without(Family.injected)
    var runs: [Quiet] = []
    StorageProbe.scenario(off, crashes: programs[0].expected.crashes, groups)
      .run(seeds: 0..<1_000) { report in
        let names = Set(report.timeline.lazy.map(\.name).filter { $0.hasPrefix("storage.") })
        var shown = loud.filter {
          report.storage[$0] != StorageEffects.Counter() || names.contains("storage.\($0)")
        }
        let events = Dictionary(grouping: report.timeline) { $0.source.prefix { $0 != "-" } }
        for (name, family, expected) in programs
        where seen(expected, events[Substring(name)] ?? []) > 0 {
          shown.insert(family)
        }
        let isHealthy = report.passed && (names.isEmpty || !shown.isEmpty)
        runs.append(Quiet(seed: report.seed, isHealthy: isHealthy, shown: shown))
        return true
      }
    return runs
  }

  /// Programs that are crashed need runs of their own, and so does what only a crash can lose: the
  /// other disks may lose it.
  private static let working = quietRuns(Family.allCases.filter { expectation($0).crashes == nil })
  private static let crashed = quietRuns(
    Family.allCases.filter { expectation($0).crashes != nil && $0 != .crashLoss })
  private static let durable = quietRuns([.crashLoss])

  @Test(arguments: StorageFaultFamily.allCases)
  func `switched off, it never happens`(family: StorageFaultFamily) {
    let isWorking = Self.expectation(family).crashes == nil
    let runs =
      family == .crashLoss ? Self.durable : isWorking ? Self.working : Self.crashed
    let bad = runs.filter { !$0.isHealthy || $0.shown.contains(family) }
    #expect(runs.count == 1_000)
    #expect(bad.map(\.seed) == [])
  }
}
