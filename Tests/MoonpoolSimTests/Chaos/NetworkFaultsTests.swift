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

@Suite struct NetworkFaultsTests {
  private static func refusal(
    _ field: String, _ change: @escaping @Sendable (inout NetworkFaults) -> Void
  ) -> Refusal {
    Refusal("n.\(field)") { () throws(InvalidConfiguration) in
      var faults = NetworkFaults()
      change(&faults)
      try faults.validate("n")
    }
  }

  private typealias Way = WritableKeyPath<NetworkFaults, NetworkFaults.Windows> & Sendable
  private static let windows: [(String, any Way)] = [
    ("clog", \.clog), ("swizzledClog", \.swizzledClog), ("partition", \.partition),
    ("connectRefusal", \.connectRefusal), ("connectHang", \.connectHang),
    ("partialIO", \.partialIO), ("latencySpike", \.latencySpike),
    ("datagramLoss", \.datagramLoss), ("datagramDoubling", \.datagramDoubling),
  ]

  private static let windowRefusals: [Refusal] = windows.flatMap { name, path in
    [
      refusal("\(name).rate") { $0[keyPath: path].rate = -1 },
      refusal("\(name).rate") { $0[keyPath: path].rate = .nan },
      refusal("\(name).rate") { $0[keyPath: path].rate = .infinity },
      refusal("\(name).duration") { $0[keyPath: path].rate = 1 },
      refusal("\(name).duration.lowerBound") {
        $0[keyPath: path].duration = .seconds(-1) ... .seconds(1)
      },
      refusal("\(name).duration.upperBound") {
        $0[keyPath: path].duration = .zero ... .seconds(10_000_000_000)
      },
    ]
  }

  private static let otherRefusals: [Refusal] = [
    refusal("partitionShapes") { $0.partitionShapes = [] },
    refusal("bitFlip.rate") { $0.bitFlip.rate = -1 },
    refusal("bitFlip.bits") { $0.bitFlip.bits = 0...1 },
    refusal("bitFlip.bits") { $0.bitFlip.bits = 1...33 },
    refusal("bitFlip.cooldown") { $0.bitFlip.cooldown = .seconds(-1) },
    refusal("randomClose.rate") { $0.randomClose.rate = .nan },
    refusal("randomClose.explicitRatio") { $0.randomClose.explicitRatio = 1.1 },
    refusal("randomClose.cooldown") { $0.randomClose.cooldown = .seconds(-1) },
    refusal("halfOpenRate") { $0.halfOpenRate = -0.1 },
    refusal("partialIOMaxBytes") { $0.partialIOMaxBytes = 0 },
    refusal("latencySpikeFactor") { $0.latencySpikeFactor = 0...2 },
    refusal("latencySpikeFactor") { $0.latencySpikeFactor = 2...100_001 },
    refusal("datagramLossProbability") { $0.datagramLossProbability = -0.1 },
    refusal("datagramDoublingProbability") { $0.datagramDoublingProbability = 1.1 },
    refusal("correlation.hurst") { $0.correlation.hurst = 1 },
  ]

  @Test(arguments: windowRefusals + otherRefusals)
  func `bad network faults are refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `every family with windows is in the table above`() {
    let instants: Set<NetworkFaultFamily> = [.bitFlip, .randomClose, .halfOpen]
    let expected = NetworkFaultFamily.allCases.filter { !instants.contains($0) }.map(\.rawValue)
    #expect(Self.windows.map(\.0) == expected)
  }

  @Test func `good network faults are accepted`() throws {
    try NetworkFaults().validate("n")
    try NetworkFaults(.swarm).validate("n")
    var faults = NetworkFaults()
    faults.clog = NetworkFaults.Windows(rate: 1, lasting: .zero ... .nanoseconds(1))
    faults.bitFlip = NetworkFaults.BitFlips(rate: 1_000, bits: 32...32)
    try faults.validate("n")
  }

  @Test func `a scenario refuses them before the run`() {
    var faults = NetworkFaults()
    faults.halfOpenRate = -1
    let report = NetworkProbe.scenario(faults).run(seed: 1)
    #expect(
      report.line.contains("invalid configuration: network.halfOpenRate"), "\(report.line)")
  }

  @Test func `what a seed chooses is valid and within the ranges`() throws {
    var clogs: Set<Double> = []
    var shapes: Set<[NetworkPartitionShape]> = []
    for seed in 1...300 as ClosedRange<UInt64> {
      let faults = withStream(seed: seed) { NetworkFaults.random(from: $0) }
      try faults.validate("n")
      #expect(0...0.19 ~= faults.clog.rate && 0...0.14 ~= faults.partition.rate)
      #expect(0.01...0.19 ~= faults.bitFlip.rate && 0.001...0.099 ~= faults.randomClose.rate)
      #expect(faults.clog.duration.lowerBound >= .milliseconds(50))
      #expect(faults.clog.duration.upperBound <= .milliseconds(500))
      #expect(faults.partition.duration.upperBound < .seconds(3))
      #expect(100...1_999 ~= faults.partialIOMaxBytes)
      clogs.insert(faults.clog.rate)
      shapes.insert(faults.partitionShapes)
    }
    #expect(clogs.count == 20 && shapes.count == 7)
  }

  @Test func `the number of decisions is fixed`() {
    var counts: Set<UInt64> = []
    for seed in 1...50 as ClosedRange<UInt64> {
      withStream(seed: seed) { stream in
        _ = NetworkFaults.random(from: stream)
        counts.insert(UInt64(stream.drawnCount))
      }
    }
    #expect(counts.count == 1)
  }

  @Test func `in a swarm each family is on in about half of the seeds, off is never on`() {
    var families: [NetworkFaultFamily: Int] = [:]
    var scenario = Scenario("idle") {
      Processes(4, named: "idle") { Idle() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(600)) }
      Chaos(for: .seconds(600)) { NetworkFaults(.swarm) }
      Budget(run: .seconds(700), settle: .zero)
    }
    for report in scenario.reports(0..<100) {
      for family in NetworkFaultFamily.allCases where report.network.strikes(of: family) > 0 {
        families[family, default: 0] += 1
      }
    }
    for family in NetworkFaultFamily.allCases {
      #expect(30...70 ~= families[family, default: 0], "\(family): \(families)")
    }
    scenario.chaos = Chaos(for: .seconds(600)) { NetworkFaults(.off) }
    #expect(scenario.reports(0..<10).allSatisfy { $0.network == NetworkEffects() })
  }

  private struct Idle: Program {
    func run(on node: Node) async throws { try await node.clock.sleep(for: .seconds(10_000)) }
  }
}
