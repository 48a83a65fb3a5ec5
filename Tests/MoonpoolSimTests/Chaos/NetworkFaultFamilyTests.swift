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

/// What programs see of each family, against what the network says that it did.
@Suite struct NetworkFaultFamilyTests {
  private typealias Family = NetworkFaultFamily
  private typealias Windows = NetworkFaults.Windows

  /// Who calls, and what callers see of a family.
  private struct Expectation {
    var caller = Caller.steady
    /// What shows the family; without it none of it is ever seen.
    var signs: [String]
    /// What a run's programs saw must be between these.
    var range: (NetworkEffects) -> ClosedRange<Int>

    init(
      _ signs: String..., by caller: Caller = .steady,
      range: @escaping (NetworkEffects) -> ClosedRange<Int>
    ) {
      self.caller = caller
      self.signs = signs
      self.range = range
    }
  }

  private enum Caller: CaseIterable {
    case steady
    case fresh
    case datagrams

    func program(each interval: Duration = NetworkProbe.interval) -> @Sendable () -> any Program {
      switch self {
      case .steady: { NetworkProbe.Caller(interval: interval) }
      case .fresh: { NetworkProbe.Caller(isFresh: true, interval: interval) }
      case .datagrams: { NetworkProbe.DatagramCaller(interval: interval) }
      }
    }
  }

  /// No call is slow for nothing, and some is where something was late.
  private static func slowCalls(_ delayed: @escaping (NetworkEffects) -> Int) -> Expectation {
    Expectation("slow call") { min(1, delayed($0))...delayed($0) }
  }

  private static func exactly(
    _ sign: String, by caller: Caller = .steady, _ count: @escaping (NetworkEffects) -> Int
  ) -> Expectation {
    Expectation(sign, by: caller) { count($0)...count($0) }
  }

  /// A family without a case here doesn't compile.
  private static func expectation(_ family: Family) -> Expectation {
    switch family {
    case .clog: slowCalls { $0.clog.deliveriesDelayed }
    case .swizzledClog: slowCalls { $0.swizzledClog.deliveriesDelayed }
    case .partition: slowCalls { $0.partition.deliveriesDelayed }
    case .latencySpike: slowCalls { $0.latencySpike.deliveriesDelayed }
    case .bitFlip: exactly("wrong bits") { $0.bitFlip.bits }
    case .randomClose:
      exactly("connectionReset") { $0.connectionsReset + $0.connectionsResetAtOneEnd }
    case .halfOpen:
      Expectation("timedOut", "connectionReset") {
        $0.connectionsSilenced...$0.connectionsSilenced
      }
    case .connectRefusal: exactly("connectionRefused", by: .fresh) { $0.connectsRefused }
    case .connectHang: exactly("slow connect", by: .fresh) { $0.connectsHung }
    case .partialIO:
      Expectation("short write", "short read") {
        ($0.writesShortened + $0.readsShortened)...(2 * $0.writesShortened + $0.readsShortened)
      }
    case .datagramLoss: exactly("missing datagrams", by: .datagrams) { $0.datagramsLostToFaults }
    case .datagramDoubling:
      exactly("extra datagrams", by: .datagrams) { $0.datagramsDoubledByFaults }
    }
  }

  /// Switches a family on, often.
  private static func strike(_ family: Family, in faults: inout NetworkFaults) {
    let some = Windows(rate: 2, lasting: .milliseconds(50) ... .milliseconds(300))
    switch family {
    case .clog: faults.clog = some
    case .swizzledClog:
      faults.swizzledClog = Windows(rate: 2, lasting: .milliseconds(200) ... .seconds(1))
    case .partition: faults.partition = some
    case .bitFlip: faults.bitFlip = NetworkFaults.BitFlips(rate: 1)
    case .randomClose: faults.randomClose = NetworkFaults.Closes(rate: 2)
    case .halfOpen: faults.halfOpenRate = 2
    case .connectRefusal: faults.connectRefusal = some
    case .connectHang: faults.connectHang = some
    case .partialIO:
      faults.partialIO = some
      faults.partialIOMaxBytes = 40
    case .latencySpike:
      faults.latencySpike = some
      faults.latencySpikeFactor = 5_000...10_000
    case .datagramLoss: faults.datagramLoss = some
    case .datagramDoubling: faults.datagramDoubling = some
    }
  }

  private static func faults(_ family: Family) -> NetworkFaults {
    var faults = NetworkFaults()
    strike(family, in: &faults)
    return faults
  }

  private static func seen(_ expected: Expectation, _ report: SimulationReport) -> Int {
    expected.signs.reduce(0) { $0 + report.seen($1) }
  }

  @Test(arguments: NetworkFaultFamily.allCases)
  func `programs see what the network counts`(family: NetworkFaultFamily) {
    let expected = Self.expectation(family)
    var seen = 0
    var struck = 0
    let scenario = NetworkProbe.scenario(Self.faults(family), [expected.caller.program()])
    for report in scenario.reports(0..<40) {
      #expect(report.passed, "\(report.line)")
      let own = Self.seen(expected, report)
      #expect(
        expected.range(report.network).contains(own), "seed \(report.seed): saw \(own)")
      #expect(own == 0 || report.network.effects(of: family) > 0, "seed \(report.seed)")
      let lines = report.faultLines { $0 == "network.\(family.rawValue)" }
      #expect(lines.count == report.network.strikes(of: family), "\(lines)")
      #expect(lines.allSatisfy { $0.contains("process=") })
      for other in NetworkFaultFamily.allCases where other != family {
        #expect(report.network.effects(of: other) == 0 && report.network.strikes(of: other) == 0)
      }
      seen += own
      struck += report.network.strikes(of: family)
    }
    #expect(seen >= 40 && struck >= 40, "saw \(seen) of \(struck) strikes in 40 runs")
  }

  /// Which families show in a run without faults: in what programs see, in what the network counts,
  /// or on the timeline.
  private struct Quiet {
    var seed: UInt64
    /// Nothing at all but what families show.
    var isHealthy: Bool
    var shown: Set<Family>
  }

  /// Runs with all families at the figures of their tests, and each of them switched off; seen by
  /// callers of all kinds. That the others don't hide one is for NetworkFaultRunTests.
  private static let quietRuns: [Quiet] = {
    var off = NetworkFaults()
    for family in Family.allCases { strike(family, in: &off) }
    for family in Family.allCases { off = off.without(family) }
    var runs: [Quiet] = []
    let expectations = Family.allCases.map { ($0, expectation($0)) }
    // Strikes come at rates, however seldom anybody calls.
    let callers = Caller.allCases.map { $0.program(each: .milliseconds(100)) }
    NetworkProbe.scenario(off, callers).run(seeds: 0..<1_000) { report in
      let lines = report.faultLines()
      let shown = expectations.filter { family, expected in
        seen(expected, report) > 0 || report.network.effects(of: family) > 0
          || report.network.strikes(of: family) > 0
          || lines.contains { $0.contains("network.\(family.rawValue)") }
      }
      let isQuiet = lines.isEmpty && report.network == NetworkEffects()
      runs.append(
        Quiet(
          seed: report.seed, isHealthy: report.passed && (isQuiet || !shown.isEmpty),
          shown: Set(shown.map(\.0))))
      return true
    }
    return runs
  }()

  @Test(arguments: NetworkFaultFamily.allCases)
  func `switched off, it never happens`(family: NetworkFaultFamily) {
    let bad = Self.quietRuns.filter { !$0.isHealthy || $0.shown.contains(family) }
    #expect(Self.quietRuns.count == 1_000)
    #expect(bad.map(\.seed) == [])
  }

  private let reset = "server: connectionReset"

  @Test func `a peer that has vanished is noticed by keep-alive`() {
    let faults = Self.faults(.halfOpen)
    let keepAlive = KeepAlive(idle: .milliseconds(50), interval: .milliseconds(50), count: 2)
    #expect(NetworkProbe.scenario(faults).reports(0..<40).allSatisfy { $0.seen(reset) == 0 })
    var noticed = 0
    for report in NetworkProbe.scenario(faults, keepAlive: keepAlive).reports(0..<40) {
      noticed += report.seen(reset)
      #expect(report.seen(reset) <= report.network.connectionsSilenced)
    }
    #expect(noticed >= 20)
  }

  @Test func `a close is seen by both ends, or by one`() {
    for ratio in [0.0, 1.0] {
      var faults = NetworkFaults()
      faults.randomClose = NetworkFaults.Closes(rate: 2, explicitRatio: ratio)
      for report in NetworkProbe.scenario(faults).reports(0..<20) {
        let server = report.seen(reset)
        if ratio == 1 {
          #expect(report.network.connectionsResetAtOneEnd == 0)
          #expect(server == report.network.connectionsReset)
        } else {
          #expect(report.network.connectionsReset == 0)
          #expect(server <= report.network.connectionsResetAtOneEnd)
        }
      }
    }
  }
}
