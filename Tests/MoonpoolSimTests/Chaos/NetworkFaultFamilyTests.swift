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

  /// How a family is struck, and what programs see of it.
  private struct Expectation {
    var faults = NetworkFaults()
    var caller: @Sendable () -> any Program = { NetworkProbe.Caller() }
    /// What shows the family; without it none of it is ever seen.
    var signs: [String]
    /// What a run's programs saw must be between these.
    var range: (NetworkEffects) -> ClosedRange<Int>

    init(_ signs: String..., range: @escaping (NetworkEffects) -> ClosedRange<Int>) {
      self.signs = signs
      self.range = range
    }
  }

  private static let some = Windows(rate: 2, lasting: .milliseconds(50) ... .milliseconds(300))

  /// No call is slow for nothing, and some is where something was late.
  private static func slowCalls(_ delayed: @escaping (NetworkEffects) -> Int) -> Expectation {
    Expectation("slow call") { min(1, delayed($0))...delayed($0) }
  }

  private static func exactly(
    _ signs: String, _ count: @escaping (NetworkEffects) -> Int
  ) -> Expectation {
    Expectation(signs) { count($0)...count($0) }
  }

  /// A family without a case here doesn't compile.
  private static func expectation(_ family: Family) -> Expectation {
    var expected: Expectation
    switch family {
    case .clog:
      expected = slowCalls { $0.clog.deliveriesDelayed }
      expected.faults.clog = some
    case .swizzledClog:
      expected = slowCalls { $0.swizzledClog.deliveriesDelayed }
      expected.faults.swizzledClog = Windows(rate: 2, lasting: .milliseconds(200) ... .seconds(1))
    case .partition:
      expected = slowCalls { $0.partition.deliveriesDelayed }
      expected.faults.partition = some
    case .bitFlip:
      expected = exactly("wrong bits") { $0.bitFlip.bits }
      expected.faults.bitFlip = NetworkFaults.BitFlips(rate: 1)
    case .randomClose:
      expected = exactly("connectionReset") { $0.connectionsReset + $0.connectionsResetAtOneEnd }
      expected.faults.randomClose = NetworkFaults.Closes(rate: 2)
    case .halfOpen:
      expected = Expectation("timedOut", "connectionReset") {
        $0.connectionsSilenced...$0.connectionsSilenced
      }
      expected.faults.halfOpenRate = 2
    case .connectRefusal:
      expected = exactly("connectionRefused") { $0.connectsRefused }
      expected.faults.connectRefusal = some
      expected.caller = { NetworkProbe.Caller(isFresh: true) }
    case .connectHang:
      expected = exactly("slow connect") { $0.connectsHung }
      expected.faults.connectHang = some
      expected.caller = { NetworkProbe.Caller(isFresh: true) }
    case .partialIO:
      expected = Expectation("short write", "short read") {
        ($0.writesShortened + $0.readsShortened)...(2 * $0.writesShortened + $0.readsShortened)
      }
      expected.faults.partialIO = some
      expected.faults.partialIOMaxBytes = 40
    case .latencySpike:
      expected = slowCalls { $0.latencySpike.deliveriesDelayed }
      expected.faults.latencySpike = some
      expected.faults.latencySpikeFactor = 5_000...10_000
    case .datagramLoss:
      expected = exactly("missing datagrams") { $0.datagramsLostToFaults }
      expected.faults.datagramLoss = some
      expected.caller = { NetworkProbe.DatagramCaller() }
    case .datagramDoubling:
      expected = exactly("extra datagrams") { $0.datagramsDoubledByFaults }
      expected.faults.datagramDoubling = some
      expected.caller = { NetworkProbe.DatagramCaller() }
    }
    return expected
  }

  private static func seen(_ expected: Expectation, _ report: SimulationReport) -> Int {
    expected.signs.reduce(0) { $0 + report.seen($1) }
  }

  @Test(arguments: NetworkFaultFamily.allCases)
  func `programs see what the network counts`(family: NetworkFaultFamily) {
    let expected = Self.expectation(family)
    var seen = 0
    var struck = 0
    for report in NetworkProbe.scenario(expected.faults, expected.caller).reports(0..<40) {
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

  @Test(arguments: NetworkFaultFamily.allCases)
  func `switched off, it never happens`(family: NetworkFaultFamily) {
    let expected = Self.expectation(family)
    let off = expected.faults.without(family)
    var bad: [UInt64] = []
    NetworkProbe.scenario(off, expected.caller).run(seeds: 0..<1_000) { report in
      let isQuiet =
        report.passed && Self.seen(expected, report) == 0
        && report.network == NetworkEffects() && report.faultLines().isEmpty
      if !isQuiet { bad.append(report.seed) }
      return true
    }
    #expect(bad == [])
  }

  private let reset = "server: connectionReset"

  @Test func `a peer that has vanished is noticed by keep-alive`() {
    let faults = Self.expectation(.halfOpen).faults
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
