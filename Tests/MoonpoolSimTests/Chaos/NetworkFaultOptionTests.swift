//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import Testing

/// Every option of the network's faults, and what programs see of it.
@Suite struct NetworkFaultOptionTests {
  typealias Change = @Sendable (inout NetworkFaults) -> Void

  /// An option that is changed, and what programs tell without and with the change.
  struct Probe: Sendable, CustomTestStringConvertible {
    var option: String
    var without: String
    var with: String
    /// What holds in both cases.
    var given: Change
    var change: Change
    var see: @Sendable (NetworkFaults) -> String

    var testDescription: String { "\(option): \(with)" }

    init(
      _ option: String, _ without: String, _ with: String, given: @escaping Change = { _ in },
      change: @escaping Change, see: @escaping @Sendable (NetworkFaults) -> String
    ) {
      self.option = option
      self.without = without
      self.with = with
      self.given = given
      self.change = change
      self.see = see
    }

    func seen(isChanged: Bool) -> String {
      var faults = NetworkFaults()
      given(&faults)
      if isChanged { change(&faults) }
      return see(faults)
    }
  }

  /// Who looks for a family, and when something of it was seen.
  private struct Sign: Sendable {
    var family: NetworkFaultFamily
    var program: @Sendable () -> any Program
    var times: @Sendable (SimulationReport) -> [Duration]

    /// What a watcher tells.
    init(
      _ family: NetworkFaultFamily, _ trouble: String,
      by program: @escaping @Sendable () -> any Program = { NetworkWatch.Datagrams() }
    ) {
      self.family = family
      self.program = program
      times = { $0.troubles(trouble).map(\.at) }
    }

    /// What the caller, or the server, tells.
    init(_ family: NetworkFaultFamily, sight: String...) {
      self.family = family
      program = { NetworkProbe.Caller(interval: NetworkWatch.pace) }
      times = { report in
        report.events("saw").filter { sight.contains($0["what"] ?? "") }.map(\.time)
      }
    }

    func scenario(_ faults: NetworkFaults) -> Scenario { NetworkProbe.scenario(faults, [program]) }

    /// In how many runs something was seen.
    func runs(_ faults: NetworkFaults) -> String {
      "\(scenario(faults).reports(0..<3).count { !times($0).isEmpty }) of 3 runs"
    }

    /// How long the first strike was seen that was alone, as a multiple of 50 ms.
    func span(_ faults: NetworkFaults) -> String {
      var seen: Duration?
      scenario(faults).run(seeds: 0..<100) { report in
        let times = times(report)
        if report.loneStrike(of: family) != nil, let first = times.min(), let last = times.max() {
          seen = last - first + NetworkWatch.pace
        }
        return seen == nil
      }
      return "\(Int(((seen ?? .zero) / .milliseconds(50)).rounded()) * 50) ms"
    }

    /// The least time between two sights in ten runs, as a multiple of 50 ms.
    func gap(_ faults: NetworkFaults) -> String {
      let gaps = scenario(faults).reports(0..<10).flatMap { report in
        zip(times(report), times(report).dropFirst()).map { $1 - $0 }
      }
      return "\(Int(((gaps.min() ?? .zero) / .milliseconds(50)).rounded()) * 50) ms"
    }
  }

  private static let flips = Sign(.bitFlip, sight: "wrong bits")
  private static let closes = Sign(.randomClose, sight: "connectionReset")

  // MARK: Windows

  private typealias Way = WritableKeyPath<NetworkFaults, NetworkFaults.Windows> & Sendable

  /// How windows of a family show while all other figures are `given`.
  private static let windows: [(path: any Way, given: Change, sign: Sign)] = [
    (\.clog, { _ in }, Sign(.clog, "missing")),
    (\.swizzledClog, { _ in }, Sign(.swizzledClog, "missing")),
    (\.partition, { $0.partitionShapes = [.isolateOne] }, Sign(.partition, "missing")),
    (
      \.connectRefusal, { _ in },
      Sign(.connectRefusal, "connectionRefused") { NetworkWatch.Connects() }
    ),
    (\.connectHang, { _ in }, Sign(.connectHang, "late") { NetworkWatch.Connects() }),
    (
      \.partialIO, { $0.partialIOMaxBytes = 8 },
      Sign(.partialIO, sight: "short read", "short write")
    ),
    (
      \.latencySpike, { $0.latencySpikeFactor = 10_000...10_000 }, Sign(.latencySpike, "late")
    ),
    (\.datagramLoss, { $0.datagramLossProbability = 1 }, Sign(.datagramLoss, "missing")),
    (
      \.datagramDoubling, { $0.datagramDoublingProbability = 1 },
      Sign(.datagramDoubling, "several")
    ),
  ]

  private static func lasting(_ time: Int) -> ClosedRange<Duration> {
    .milliseconds(time) ... .milliseconds(time)
  }

  private static let ofWindows: [Probe] = windows.flatMap { path, given, sign in
    [
      Probe("\(sign.family.rawValue).rate", "0 of 3 runs", "3 of 3 runs") {
        given(&$0)
        $0[keyPath: path].duration = lasting(100)
      } change: {
        $0[keyPath: path].rate = 5
      } see: {
        sign.runs($0)
      },
      Probe("\(sign.family.rawValue).duration", "100 ms", "300 ms") {
        given(&$0)
        $0[keyPath: path] = NetworkFaults.Windows(rate: 0.25, lasting: lasting(100))
      } change: {
        $0[keyPath: path].duration = lasting(300)
      } see: {
        sign.span($0)
      },
    ]
  }

  // MARK: Instants

  private static let ofInstants: [Probe] = [
    Probe("bitFlip.rate", "0 of 3 runs", "3 of 3 runs") {
      $0.bitFlip.rate = 5
    } see: {
      flips.runs($0)
    },
    Probe("bitFlip.bits", "1 each", "3 each") {
      $0.bitFlip = NetworkFaults.BitFlips(rate: 1, bits: 1...1)
    } change: {
      $0.bitFlip.bits = 3...3
    } see: { faults in
      let wrong = flips.scenario(faults).reports(0..<5).flatMap { report in
        report.events("saw").filter { $0["what"] == "wrong bits" }.map { $0.int("count") ?? 0 }
      }
      return Set(wrong).sorted().map { "\($0)" }.joined(separator: " or ") + " each"
    },
    Probe("bitFlip.cooldown", "0 ms", "500 ms") {
      $0.bitFlip.rate = 20
    } change: {
      $0.bitFlip.cooldown = .milliseconds(500)
    } see: {
      flips.gap($0)
    },
    Probe("randomClose.rate", "0 of 3 runs", "3 of 3 runs") {
      $0.randomClose.rate = 5
    } see: {
      closes.runs($0)
    },
    Probe("randomClose.explicitRatio", "both ends know: false", "both ends know: true") {
      $0.randomClose = NetworkFaults.Closes(rate: 2, explicitRatio: 0)
    } change: {
      $0.randomClose.explicitRatio = 1
    } see: { faults in
      let reports = closes.scenario(faults).reports(0..<5)
      let caller = reports.reduce(0) { $0 + $1.seen("connectionReset") }
      let server = reports.reduce(0) { $0 + $1.seen("server: connectionReset") }
      return "both ends know: \(caller > 20 && caller == server)"
    },
    Probe("randomClose.cooldown", "0 ms", "500 ms") {
      $0.randomClose.rate = 20
    } change: {
      $0.randomClose.cooldown = .milliseconds(500)
    } see: {
      closes.gap($0)
    },
    Probe("halfOpenRate", "0 of 3 runs", "3 of 3 runs") {
      $0.halfOpenRate = 5
    } see: {
      Sign(.halfOpen, sight: "timedOut", "connectionReset").runs($0)
    },
  ]

  // MARK: What windows do

  /// How many answers there are to a datagram, while windows last to the end of the chaos.
  private static func answers(_ faults: NetworkFaults) -> String {
    let scenario = NetworkProbe.scenario(faults, [{ NetworkWatch.Datagrams() }])
    let counts = scenario.reports(0..<5).map { report in
      let end = report.start(of: "quiet") ?? .zero
      let missing = report.troubles("missing")
      let several = report.troubles("several")
      let start = (missing + several).map(\.at).min() ?? end
      let tries = (end - start) / NetworkWatch.pace
      return (tries - Double(missing.count) + several.reduce(0) { $0 + Double($1.amount - 1) })
        / tries
    }
    let mean = counts.reduce(0, +) / Double(counts.count)
    return "\(Int((mean * 20).rounded()) * 5) %"
  }

  private static let always = NetworkFaults.Windows(rate: 50, lasting: lasting(10_000))

  private static let ofEffects: [Probe] = [
    Probe("partialIOMaxBytes", "up to 40 bytes", "up to 5 bytes") {
      $0.partialIO = NetworkFaults.Windows(rate: 5, lasting: lasting(1_000))
      $0.partialIOMaxBytes = 40
    } change: {
      $0.partialIOMaxBytes = 5
    } see: { faults in
      let scenario = NetworkProbe.scenario(faults)
      let pieces = scenario.reports(0..<3).flatMap { $0.events("saw").map { $0.int("bytes") ?? 0 } }
      return "up to \(pieces.max() ?? 0) bytes"
    },
    Probe("latencySpikeFactor", "10 ms", "20 ms") {
      $0.latencySpike = NetworkFaults.Windows(rate: 0.25, lasting: lasting(100))
      $0.latencySpikeFactor = 10_000...10_000
    } change: {
      $0.latencySpikeFactor = 20_000...20_000
    } see: { faults in
      var delays: [Int] = []
      NetworkProbe.scenario(faults, [{ NetworkWatch.Datagrams() }]).run(seeds: 0..<100) { report in
        if report.loneStrike(of: .latencySpike) != nil {
          delays = report.troubles("late").map(\.amount)
        }
        return delays.isEmpty
      }
      return Set(delays.map { "\($0 / 1_000) ms" }).sorted().joined(separator: " or ")
    },
    // Each is lost, or doubled, on its way or on the way back.
    Probe("datagramLossProbability", "25 %", "0 %") {
      $0.datagramLoss = always
      $0.datagramLossProbability = 0.5
    } change: {
      $0.datagramLossProbability = 1
    } see: {
      answers($0)
    },
    Probe("datagramDoublingProbability", "225 %", "400 %") {
      $0.datagramDoubling = always
      $0.datagramDoublingProbability = 0.5
    } change: {
      $0.datagramDoublingProbability = 1
    } see: {
      answers($0)
    },
    Probe("partitionShapes", "both ways", "one way") {
      $0.partitionShapes = [.isolateOne]
    } change: {
      $0.partitionShapes = [.oneWay]
    } see: { faults in
      let missed = PartitionMesh.partitions(faults.partitionShapes, 1).first?.missed ?? []
      let back = Set(missed.map { PartitionMesh.Way(from: $0.to, to: $0.from) })
      if missed.isEmpty { return "nothing" }
      return missed == back ? "both ways" : missed.isDisjoint(with: back) ? "one way" : "mixed"
    },
  ]

  // MARK: All families

  private static func struck(_ faults: NetworkFaults) -> String {
    let scenario = NetworkProbe.scenario(
      faults,
      [
        { NetworkWatch.Datagrams() }, { NetworkWatch.Connects() }, { NetworkProbe.Caller() },
      ])
    let reports = scenario.reports(0..<5)
    let isSeen = reports.contains { !$0.events("trouble").isEmpty || !$0.events("saw").isEmpty }
    return isSeen ? "some trouble" : "none"
  }

  /// How often connections are reset in 20 runs; by storms, or by single strikes.
  private static func weather(_ faults: NetworkFaults) -> String {
    let counts = NetworkProbe.scenario(faults).reports(0..<20).map {
      Double($0.seen("connectionReset"))
    }
    let mean = counts.reduce(0, +) / Double(counts.count)
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count)
    return mean < 5 ? "too few" : variance / mean > 2 ? "uneven" : "even"
  }

  private static func storms(_ volatility: Double, each step: Duration) -> Change {
    {
      $0.randomClose.rate = 5
      $0.correlation = FaultCorrelation(hurst: 0.5, volatility: volatility, step: step)
    }
  }

  private static let ofAll: [Probe] = [
    Probe("mode", "none", "some trouble") {
      $0 = NetworkFaults(.random)
    } see: {
      struck($0)
    },
    Probe("mode", "none", "some trouble") {
      $0 = NetworkFaults(.swarm)
    } see: {
      struck($0)
    },
    Probe("families", "some trouble", "none") {
      $0.bitFlip.rate = 5
      $0.clog = always
    } change: {
      $0.families = []
    } see: {
      struck($0)
    },
    Probe(
      "correlation.volatility", "even", "uneven", given: storms(0, each: .seconds(1)),
      change: { $0.correlation.volatility = 1 }, see: weather),
    Probe(
      "correlation.step", "even", "uneven", given: storms(1, each: .milliseconds(10)),
      change: { $0.correlation.step = .seconds(1) }, see: weather),
    Probe(
      "correlation.hurst", "even", "uneven", given: storms(1, each: .milliseconds(10)),
      change: { $0.correlation.hurst = 0.95 }, see: weather),
  ]

  private static let all = ofWindows + ofInstants + ofEffects + ofAll

  // MARK: Tests

  @Test(arguments: all)
  func `an option takes effect`(probe: Probe) {
    #expect(probe.seen(isChanged: false) == probe.without)
    #expect(probe.seen(isChanged: true) == probe.with)
  }

  /// The stored properties of a value, and those of the structs among them.
  private func options(_ value: Any, _ prefix: String = "") -> [String] {
    Mirror(reflecting: value).children.flatMap { child -> [String] in
      let name = prefix + (child.label ?? "")
      let isGroup =
        child.value is NetworkFaults.Windows || child.value is NetworkFaults.BitFlips
        || child.value is NetworkFaults.Closes || child.value is FaultCorrelation
      return isGroup ? options(child.value, name + ".") : [name]
    }
  }

  @Test func `every option has a probe above`() {
    let options = options(NetworkFaults())
    #expect(options.count > 30)
    #expect(Set(options) == Set(Self.all.map(\.option)))
  }
}
