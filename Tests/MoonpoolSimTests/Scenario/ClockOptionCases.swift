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

/// What programs read from their clocks, and its part of the report.
struct ClockProbe: Sendable {
  var report: SimulationReport
  /// How far each wall clock had been set by its first reading, in nanoseconds.
  var skews: [Int] = []
  /// By how much wall clocks were set between two readings, unless by nothing.
  var jumps: [Int] = []
  /// How fast each oscillator was before its second reading, in parts per billion.
  var drifts: [Int] = []
  /// How often a rate was another one than between the two readings before.
  var rateChanges = 0

  /// Reads its clocks after 1 and 2 ms of true time, and then every 10 ms.
  private struct Reader: Program {
    func run(on node: Node) async throws {
      for number in 1... {
        let time = number <= 2 ? number : 10 * (number - 2)
        try await Simulation.clock.sleep(until: .init(sinceStart: .milliseconds(time)))
        let gained = node.clock.now.offset - Simulation.elapsed
        let off = node.wallClock.sinceEpoch - (.seconds(1_735_689_600) + Simulation.elapsed)
        node.logger.info(
          "read",
          metadata: [
            "gained": "\(Int(gained / .nanoseconds(1)))",
            "set": "\(Int((off - gained) / .nanoseconds(1)))",
            "at": "\(Int(Simulation.elapsed / .nanoseconds(1)))",
          ])
      }
    }
  }

  /// Runs processes with these clocks.
  static func probes(
    _ clocks: ClockFaults, seeds: Range<UInt64>, for duration: Duration = .seconds(2),
    processes: Int = 2
  ) -> [ClockProbe] {
    Scenario("clocks") {
      Processes(processes, named: "reader") { Reader() }
      Clients { _, _ in try await Simulation.clock.sleep(for: duration) }
      Chaos(for: duration) { clocks }
      Budget(run: .seconds(100), settle: .zero)
    }.reports(seeds).map { ClockProbe($0, until: duration, processes) }
  }

  private init(_ report: SimulationReport, until end: Duration, _ processes: Int) {
    self.report = report
    for process in 0..<processes {
      let name = processes == 1 ? "reader" : "reader-\(process)"
      let reads = report.events("read", name).filter { $0.time < end }
      follow(reads.map { ($0.int("set") ?? 0, $0.int("gained") ?? 0, $0.int("at") ?? 0) })
    }
  }

  /// What two readings a millisecond apart tell of a rate, in parts per billion.
  private static let resolution = 5_000

  private mutating func follow(_ reads: [(set: Int, gained: Int, at: Int)]) {
    skews.append(reads.first?.set ?? 0)
    var rates: [Int] = []
    for (one, next) in zip(reads, reads.dropFirst()) {
      // Readings are of whole nanoseconds.
      let jump = next.set - one.set
      if abs(jump) > 2 { jumps.append(jump) }
      rates.append((next.gained - one.gained) * 1_000_000_000 / (next.at - one.at))
    }
    drifts.append(rates.first ?? 0)
    rateChanges += zip(rates, rates.dropFirst()).count { abs($0 - $1) > Self.resolution }
  }

  /// What it shows of a family of clock faults.
  func shows(_ family: ClockFaults.Family) -> Bool {
    switch family {
    case .skew: skews.contains { $0 != 0 }
    case .drift: drifts.contains { abs($0) > Self.resolution }
    case .jump: !jumps.isEmpty
    case .slew: rateChanges > 0
    }
  }
}

/// Clocks that are wrong in every way.
var wrongClocks: ClockFaults {
  ClockFaults(
    maxSkew: .milliseconds(100), maxDrift: 10_000_000, jumpRate: 2, maxJump: .milliseconds(5),
    slewRate: 2)
}

let clockOptions = [
  OptionCase("ClockFaults.mode") {
    let drawn = ClockProbe.probes(ClockFaults(.random), seeds: 0..<20)
    let skews = drawn.flatMap(\.skews)
    let swarm = ClockProbe.probes(ClockFaults(.swarm), seeds: 0..<20)
    let off = ClockProbe.probes(ClockFaults(.off), seeds: 0..<5)
    return require(drawn.allSatisfy { $0.shows(.skew) }, "no skew")
      + require(skews.allSatisfy { abs($0) < 150_000_000 }, "\(skews)")
      + require(drawn.count { $0.shows(.drift) } > 15, "no drift")
      + require((4...16).contains(swarm.count { $0.shows(.skew) }), "no swarm")
      + require(off.allSatisfy { $0.report.clocks == ClockEffects() }, "not off")
  },
  OptionCase("ClockFaults.families") {  // more of it in ClockFaultFamilyTests
    var clocks = wrongClocks
    clocks.families = [.skew]
    let probes = ClockProbe.probes(clocks, seeds: 0..<5)
    return ClockFaults.Family.allCases.flatMap { family in
      require(
        probes.allSatisfy { $0.shows(family) == (family == .skew) }, "\(family.rawValue)")
    }
  },
  OptionCase("ClockFaults.maxSkew") {
    let probes = ClockProbe.probes(
      ClockFaults(maxSkew: .milliseconds(100)), seeds: 0..<40, for: .milliseconds(50))
    let skews = probes.flatMap(\.skews)
    return require(skews.allSatisfy { abs($0) <= 100_000_000 }, "\(skews)")
      + require((skews.max() ?? 0) > 90_000_000 && (skews.min() ?? 0) < -90_000_000, "\(skews)")
  },
  OptionCase("ClockFaults.maxDrift") {
    let probes = ClockProbe.probes(
      ClockFaults(maxDrift: 10_000_000), seeds: 0..<40, for: .milliseconds(50))
    let drifts = probes.flatMap(\.drifts)
    return require(drifts.allSatisfy { abs($0) <= 10_005_000 }, "\(drifts)")
      + require((drifts.max() ?? 0) > 9_000_000 && (drifts.min() ?? 0) < -9_000_000, "\(drifts)")
  },
  OptionCase("ClockFaults.jumpRate") {
    func seen(_ rate: Double) -> (seen: Int, counted: Int) {
      let probes = ClockProbe.probes(
        ClockFaults(jumpRate: rate, maxJump: .seconds(1)), seeds: 0..<40)
      return (
        probes.reduce(0) { $0 + $1.jumps.count },
        probes.reduce(0) { $0 + $1.report.clocks.strikes(of: .jump) }
      )
    }
    // 40 seeds of 2 processes and 2 s; five standard errors. Some come before the first reading,
    // behind the last, or two between two.
    let (some, many) = (seen(0.5), seen(2))
    return require(abs(some.counted - 80) < 45 && abs(many.counted - 320) < 90, "\(some), \(many)")
      + require(
        (some.counted * 9 / 10...some.counted).contains(some.seen)
          && (many.counted * 9 / 10...many.counted).contains(many.seen), "\(some), \(many)")
  },
  OptionCase("ClockFaults.maxJump") {
    let probes = ClockProbe.probes(
      ClockFaults(jumpRate: 0.5, maxJump: .milliseconds(5)), seeds: 0..<40)
    let jumps = probes.flatMap(\.jumps)
    // To the nearest reading.
    return require(jumps.allSatisfy { abs($0) <= 5_000_002 }, "\(jumps)")
      + require((jumps.max() ?? 0) > 4_000_000 && (jumps.min() ?? 0) < -4_000_000, "\(jumps)")
  },
  OptionCase("ClockFaults.slewRate") {
    let probes = ClockProbe.probes(
      ClockFaults(maxDrift: 10_000_000, slewRate: 1), seeds: 0..<40)
    let slews = probes.reduce(0) { $0 + $1.report.clocks.strikes(of: .slew) }
    let seen = probes.reduce(0) { $0 + $1.rateChanges }
    // A change between two readings makes a rate between the two, which is another one, too.
    return require(abs(slews - 160) < 64, "\(slews)")
      + require((slews * 15 / 10...slews * 2).contains(seen), "\(seen) of \(slews)")
  },
  OptionCase("ClockFaults.maxError") {
    func probes(_ bound: Duration?) -> [ClockProbe] {
      ClockProbe.probes(
        ClockFaults(jumpRate: 1, maxJump: .milliseconds(5), maxError: bound), seeds: 0..<10)
    }
    let (tight, wide) = (probes(.milliseconds(1)), probes(.seconds(1)))
    // A drawn skew keeps within it.
    let drawn = ClockProbe.probes(ClockFaults(.random, maxError: .milliseconds(9)), seeds: 0..<10)
    return require(tight.count { $0.report.clockErrors.isExceeded } > 5, "not exceeded")
      + require(wide.allSatisfy { !$0.report.clockErrors.isExceeded }, "exceeded")
      + require(probes(nil).allSatisfy { $0.report.clockErrors.bound == nil }, "a bound")
      + require(drawn.flatMap(\.skews).allSatisfy { abs($0) <= 9_000_000 }, "drawn skew")
  },
]
