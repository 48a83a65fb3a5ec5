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

/// Storms that all injectors of a chaos phase have in common.
@Suite struct CorrelatedFailuresTests {
  /// Does nothing until it is killed.
  private struct Idle: Program {
    func run(on node: Node) async throws {
      while true { try await node.clock.sleep(for: .seconds(600)) }
    }
  }

  /// An injector of a user, which strikes each zone in its storms.
  private struct Custom: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      try await withThrowingDiscardingTaskGroup { group in
        for zone in faults.cluster.domains(.zone) {
          group.addTask {
            while true {
              try await faults.waitForStrike(in: zone, perSecond: 2)
              faults.tell(
                "custom", ["zone": "\(zone)", "intensity": "\(faults.intensity(of: zone))"])
            }
          }
        }
      }
    }
  }

  /// What each injector calls its strikes.
  private static let strikes = [
    "network.clog", "process.pause", "clock.jump", "process.crash", "custom",
  ]

  private static func scenario(_ correlation: FaultCorrelation?) -> Scenario {
    var network = NetworkFaults()
    network.clog = NetworkFaults.Windows(rate: 1, lasting: .milliseconds(1) ... .milliseconds(1))
    var processes = ProcessFaults()
    processes.pause = NetworkFaults.Windows(
      rate: 1, lasting: .milliseconds(1) ... .milliseconds(1))
    return Scenario("storms") {
      Processes(named: "idle") { Idle() }
        .layout(Layout(datacenters: 1, zones: 2, machines: 2, processes: 1))
      Clients { node, _ in try await node.clock.sleep(for: .seconds(60)) }
      Chaos(for: .seconds(60)) {
        network
        processes
        ClockFaults(jumpRate: 1, maxJump: .seconds(1))
        Attrition(
          maxDead: 4, graceful: 0, kill: 0, powerLoss: 0,
          interval: .milliseconds(200) ... .milliseconds(600),
          recovery: .milliseconds(1) ... .milliseconds(1))
        Custom()
        if let correlation { correlation }
      }
      Budget(run: .seconds(100), settle: .zero)
    }
  }

  private static let calm = scenario(nil).reports(0..<60)
  private static let stormy = scenario(CorrelatedFailures(hurst: 0.9, volatility: 1))
    .reports(0..<60)

  /// How often something struck in windows of four seconds, seed after seed.
  private func counts(
    _ reports: [SimulationReport], of name: String, weight: (TimelineEvent) -> Double = { _ in 1 }
  ) -> [Double] {
    reports.flatMap { report in
      var windows = [Double](repeating: 0, count: 15)
      for event in report.timeline where event.name == name {
        windows[min(14, Int(event.time / .seconds(4)))] += weight(event)
      }
      return windows
    }
  }

  private func mean(_ counts: [Double]) -> Double { counts.reduce(0, +) / Double(counts.count) }

  private func covariance(_ some: [Double], _ others: [Double]) -> Double {
    let (one, other) = (mean(some), mean(others))
    return mean(zip(some, others).map { ($0 - one) * ($1 - other) })
  }

  /// Variance over mean: 1 for strikes that know nothing of one another.
  private func dispersion(_ counts: [Double]) -> Double {
    covariance(counts, counts) / mean(counts)
  }

  private func correlation(_ some: [Double], _ others: [Double]) -> Double {
    covariance(some, others)
      / (covariance(some, some) * covariance(others, others)).squareRoot()
  }

  @Test func `every injector's strikes come in cascades, the same for all, as many on average`() {
    for report in Self.calm + Self.stormy { #expect(report.passed, "\(report.line)") }
    for name in Self.strikes {
      let quiet = counts(Self.calm, of: name)
      let storms = counts(Self.stormy, of: name)
      #expect(dispersion(quiet) < 1.2, "\(name): \(dispersion(quiet))")
      #expect(dispersion(storms) > 4, "\(name): \(dispersion(storms))")
      // 120 zones of 60 s, which vary: the standard error is about 0.09.
      let ratio = mean(storms) / mean(quiet)
      #expect((0.75...1.25).contains(ratio), "\(name): \(ratio)")
      if name == "custom" { continue }
      #expect(correlation(storms, counts(Self.stormy, of: "custom")) > 0.7, "\(name)")
      #expect(abs(correlation(quiet, counts(Self.calm, of: "custom"))) < 0.2, "\(name)")
    }
  }

  @Test func `attrition strikes the zone in which the storm is`() {
    // Processes 0 and 1 stand in one zone, 2 and 3 in the other.
    func side(_ event: TimelineEvent) -> Double {
      ["idle-0", "idle-1"].contains(event["process"]) ? 1 : -1
    }
    func agreement(_ reports: [SimulationReport]) -> Double {
      correlation(
        counts(reports, of: "process.crash", weight: side),
        counts(reports, of: "network.clog", weight: side))
    }
    #expect(agreement(Self.stormy) > 0.5)
    #expect(abs(agreement(Self.calm)) < 0.2)
  }

  @Test func `without volatility every zone's intensity is 1`() {
    for correlation in [nil, CorrelatedFailures(volatility: 0)] {
      for report in Self.scenario(correlation).reports(0..<5) {
        let told = report.timeline.filter { $0.name == "custom" }.compactMap { $0["intensity"] }
        #expect(Set(told) == ["1.0"])
      }
    }
  }

  @Test func `an injector's own correlation goes before the common one`() {
    var own = ProcessFaults()
    own.pause = NetworkFaults.Windows(rate: 2, lasting: .milliseconds(1) ... .milliseconds(1))
    own.correlation = FaultCorrelation(hurst: 0.9, volatility: 1.5)
    let scenario = Scenario("own storms") {
      Processes(named: "idle") { Idle() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(60)) }
      Chaos(for: .seconds(60)) {
        own
        Custom()
      }
      Budget(run: .seconds(100), settle: .zero)
    }
    let reports = scenario.reports(0..<60)
    #expect(dispersion(counts(reports, of: "process.pause")) > 4)
    #expect(dispersion(counts(reports, of: "custom")) < 1.2)
  }

  @Test func `bad fields are refused by name`() {
    let line = Self.scenario(CorrelatedFailures(hurst: 1.5)).run(seed: 1).line
    #expect(line.contains("invalid configuration: correlation.hurst is 1.5"), "\(line)")
  }
}
