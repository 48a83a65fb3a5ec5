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

/// Runs with all families at once.
@Suite struct StorageFaultRunTests {
  /// All families, often.
  static var all: StorageFaults {
    let windows = FaultWindows(rate: 1, lasting: .milliseconds(20) ... .milliseconds(200))
    var faults = FaultFamilyTests.harsh
    faults.stall = windows
    faults.throttle = windows
    faults.throttleIOPSDivisor = 100
    faults.throttleBandwidthDivisor = 100
    faults.correlation = FaultCorrelation()
    return faults
  }

  /// Uses its disk at fixed times, whatever comes of it; without end.
  private struct Deaf: Program {
    var synchronizes: Bool

    func run(on node: Node) async throws {
      let files = ["a", "b"]
      for name in files {
        guard let file = try? await node.storage.open(name, .createOrOpen) else { continue }
        if try await file.size() < 2_048 { try? await file.truncate(to: 2_048) }
        if synchronizes { try? await file.synchronize() }
      }
      while true {
        let round = Int(Simulation.elapsed / .milliseconds(50)) + 1
        try await node.clock.sleep(for: .milliseconds(50) * round - Simulation.elapsed)
        for name in files {
          guard let file = try? await node.storage.open(name, .createOrOpen) else { continue }
          let bytes = [UInt8](repeating: UInt8(round & 255), count: 1_024)
          try? await file.write(bytes, at: Int64(round) * 1_024)
          _ = try? await file.read(at: 0, count: 2_048)
          if synchronizes { try? await file.synchronize() }
        }
        if synchronizes { try? await node.storage.synchronizeDirectory() }
      }
    }
  }

  private static func deaf(
    _ faults: StorageFaults, crashing: Bool = true, synchronizes: Bool = true
  ) -> Scenario {
    Scenario("deaf") {
      Processes(1...1, named: "deaf") { _ in Deaf(synchronizes: synchronizes) }
        .layout(Layout(datacenters: 1, zones: 2)).disk(StorageProbe.disk)
      Clients { StorageProbe.Patience(time: .seconds(2)) }
      Chaos(for: .seconds(1)) {
        faults
        if crashing { StorageProbe.Crashes(interval: .milliseconds(110)) }
      }
      Budget(run: .seconds(20), settle: .zero)
    }
  }

  @Test func `when the chaos is over, nothing strikes any more`() {
    var effects = StorageEffects()
    for report in Self.deaf(Self.all).reports(0..<60) {
      #expect(report.passed, "\(report.line)")
      effects += report.storage
      let late = report.timeline.filter { $0.kind == .fault && $0.time > .milliseconds(1_005) }
      #expect(late.isEmpty, "\(late)")
    }
    for family in StorageFaultFamily.allCases {
      #expect(effects[family].effective > 0, "\(family)")
    }
  }

  @Test func `what a stall of an hour holds back is done when the chaos is over`() {
    var faults = StorageFaults()
    faults.stall = FaultWindows(rate: 20, lasting: .seconds(3_600) ... .seconds(3_600))
    let scenario = StorageProbe.scenario(faults) {
      StorageProbe.Rounds { work in _ = try await work.read() }
    }
    for report in scenario.reports(0..<20) {
      #expect(report.passed, "\(report.line)")
      #expect(report.seen("slow") == 1 && report.storage[.stall].effective == 1)
      let seen = report.timeline.first { $0["what"] == "slow" }?.time ?? .zero
      // The chaos begins after 5 ms, and lasts 200.
      #expect(Duration.milliseconds(205)...Duration.milliseconds(206) ~= seen, "\(seen)")
    }
  }

  @Test func `equal seeds give equal runs`() {
    var scenario = Self.deaf(Self.all)
    scenario.options.trace = .digest
    let first = scenario.reports(0..<20)
    let second = scenario.reports((0..<20).reversed())
    #expect(first.map(\.run.digest) == second.reversed().map(\.run.digest))
    #expect(first.map(\.storage) == second.reversed().map(\.storage))
    #expect(Set(first.map(\.run.digest)).count == 20)
  }

  /// What struck, in order, without what came of it, and without some.
  private func strikes(
    _ report: SimulationReport, but families: Set<StorageFaultFamily>
  ) -> [String] {
    let names = families.map { "storage.\($0)" }
    return report.timeline.filter { $0.kind == .fault && !names.contains($0.name) }.map {
      "\($0.name) \($0["process"] ?? "") \($0["count"] ?? "") \($0["duration"] ?? "")"
    }
  }

  /// Families whose strikes change nothing that the others of the group are asked about.
  private static let groups: [(crashing: Bool, families: Set<StorageFaultFamily>)] = [
    (
      false,
      [
        .readCorruption, .transientReadCorruption, .writeCorruption, .misdirectedRead,
        .misdirectedWrite, .phantomWrite, .syncFailure, .lyingSync, .readError, .writeError,
        .noSpace,
      ]
    ),
    (true, [.tornSector, .uninitialisedSector, .crashCorruption]),
    (true, [.wrongDisk, .wipe, .stall, .throttle]),
  ]

  private static func run(_ group: Int, without family: StorageFaultFamily?) -> [SimulationReport] {
    let (crashing, families) = groups[group]
    let others = StorageFaultFamily.injected.subtracting(families)
    let faults = all.without(others.subtracting([.stall, .throttle]))
    return deaf(
      faults.without(family.map { [$0] } ?? []), crashing: crashing, synchronizes: !crashing
    ).reports(0..<20)
  }

  /// What happens with all families of each group.
  private static let full = groups.indices.map { run($0, without: nil) }

  @Test(arguments: StorageFaultFamily.allCases)
  func `switching a family off leaves the others as they were`(family: StorageFaultFamily) throws {
    if family == .crashLoss { return }  // physics: can't be switched off
    let group = try #require(Self.groups.firstIndex { $0.families.contains(family) })
    let masked = Self.run(group, without: family)
    var count = 0
    for (full, masked) in zip(Self.full[group], masked) {
      #expect(masked.storage[family] == StorageEffects.Counter())
      // A sector that is torn can't hold what it would have been filled with.
      let also: Set<StorageFaultFamily> = family == .tornSector ? [.uninitialisedSector] : []
      let unrelated = also.union([family])
      #expect(strikes(masked, but: unrelated) == strikes(full, but: unrelated))
      count += full.storage[family].fired
    }
    #expect(count > 10)
  }

  // MARK: Storms

  /// Reads without end.
  private struct Reader: Program {
    func run(on node: Node) async throws {
      let file = try await node.storage.open("f", .createOrOpen)
      try await file.write([1], at: 0)
      while true {
        _ = try? await file.read(at: 0, count: 1)
        try await node.clock.sleep(for: .milliseconds(100))
      }
    }
  }

  /// How often each fault struck in each step of 5 s.
  private func counts(_ storage: FaultCorrelation, _ network: FaultCorrelation)
    -> [String: [Double]]
  {
    var disks = StorageFaults()
    disks.stall = FaultWindows(rate: 0.5, lasting: .nanoseconds(1) ... .nanoseconds(1))
    disks.readErrorProbability = 0.05
    disks.correlation = storage
    var ways = NetworkFaults()
    ways.clog = FaultWindows(rate: 0.5, lasting: .nanoseconds(1) ... .nanoseconds(1))
    ways.correlation = network
    let scenario = Scenario("storms") {
      Processes(4, named: "reader") { Reader() }.disk(StorageProbe.disk)
      Clients { node, _ in try await node.clock.sleep(for: .seconds(100)) }
      Chaos(for: .seconds(100)) {
        disks
        ways
      }
      Budget(run: .seconds(200), settle: .zero)
    }
    var counts: [String: [Double]] = [:]
    for report in scenario.reports(0..<10) {
      for name in ["storage.stall", "storage.readError", "network.clog"] {
        var steps = [Double](repeating: 0, count: 20)
        for event in report.timeline where event.name == name {
          steps[min(19, Int(event.time.components.seconds) / 5)] += 1
        }
        counts[name, default: []] += steps
      }
    }
    return counts
  }

  /// Pearson's coefficient.
  private func correlation(_ a: [Double]?, _ b: [Double]?) -> Double {
    guard let a, let b else { return .nan }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let (meanA, meanB) = (mean(a), mean(b))
    func sum(_ product: (Double, Double) -> Double) -> Double {
      zip(a, b).reduce(0) { $0 + product($1.0 - meanA, $1.1 - meanB) }
    }
    return sum { $0 * $1 } / (sum { x, _ in x * x } * sum { _, y in y * y }).squareRoot()
  }

  @Test func `disks and network meet the same storms if they are told the same`() {
    let storms = FaultCorrelation(hurst: 0.8, volatility: 1.5, step: .seconds(5))
    let same = counts(storms, storms)
    #expect(correlation(same["storage.stall"], same["network.clog"]) > 0.7)
    #expect(correlation(same["storage.stall"], same["storage.readError"]) > 0.7)
    let others = FaultCorrelation(hurst: 0.7, volatility: 1.5, step: .seconds(5))
    let apart = counts(storms, others)
    #expect(abs(correlation(apart["storage.stall"], apart["network.clog"])) < 0.3)
    #expect(apart["storage.stall"] == same["storage.stall"])
    let calm = counts(.none, .none)
    #expect(abs(correlation(calm["storage.stall"], calm["storage.readError"])) < 0.3)
  }
}
