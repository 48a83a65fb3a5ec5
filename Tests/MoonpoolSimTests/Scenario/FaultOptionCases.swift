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

let correlationOptions = [
  OptionCase("FaultCorrelation.hurst") {
    // The correlation of one step with the next is 2^(2H-1) - 1.
    func correlation(_ hurst: Double) -> Double {
      let series = intensities(FaultCorrelation(hurst: hurst), each: .seconds(1))
        .map { $0.map { log($0) + 0.5 } }
      let products = series.flatMap { zip($0, $0.dropFirst()).map { $0 * $1 } }
      return products.reduce(0, +) / Double(products.count)
    }
    let found = [0.2, 0.5, 0.9].map(correlation)
    return require(
      abs(found[0] + 0.34) < 0.1 && abs(found[1]) < 0.1 && abs(found[2] - 0.74) < 0.2, "\(found)")
  },
  OptionCase("FaultCorrelation.volatility") {
    func deviation(_ volatility: Double) -> Double {
      let logs = intensities(
        FaultCorrelation(hurst: 0.5, volatility: volatility), each: .seconds(1)
      )
      .flatMap { $0.map { log($0) + volatility * volatility / 2 } }
      return (logs.reduce(0) { $0 + $1 * $1 } / Double(logs.count)).squareRoot()
    }
    let found = [0.0, 0.5, 2].map(deviation)
    return require(
      found[0] == 0 && abs(found[1] - 0.5) < 0.08 && abs(found[2] - 2) < 0.3, "\(found)")
  },
  OptionCase("FaultCorrelation.step") {
    // Looked at every 100 ms, it changes with every third look.
    let series = intensities(FaultCorrelation(step: .milliseconds(300)), each: .milliseconds(100))
    return series.prefix(5).flatMap { values in
      let changes = zip(values, values.dropFirst()).map { $0 != $1 }
      let first = changes.firstIndex(of: true) ?? 99
      return require(
        first < 3 && changes.enumerated().allSatisfy { $1 == ($0 % 3 == first) }, "\(values)")
    }
  },
]

private func log(_ x: Double) -> Double { Mathematics.log(x) }

/// What an injector is told of a zone's storms, twelve times in a run, in 60 runs.
private func intensities(_ correlation: FaultCorrelation, each pause: Duration) -> [[Double]] {
  struct Weather: FaultInjector {
    var pause: Duration
    func inject(with faults: FaultContext) async throws {
      for _ in 0..<12 {
        faults.tell("weather", ["intensity": "\(faults.intensity(of: "here"))"])
        try await faults.sleep(for: pause)
      }
    }
  }
  return Scenario("weather") {
    Clients(run: nap(pause * 13))
    Chaos(for: pause * 13) {
      Weather(pause: pause)
      correlation
    }
    Budget(run: .seconds(100), settle: .zero)
  }.reports(0..<60).map { report in
    report.events("weather").compactMap { Double($0["intensity"] ?? "") }
  }
}

let standstillOptions = [
  OptionCase("ProcessFaults.name") {  // more of it in InjectorNameTests
    func gaps(_ name: String) -> [[Int]] {
      var faults = standstill(pause: 0.5)
      faults.name = name
      return standstills(faults, seeds: 0..<3).map(\.gaps)
    }
    return require(gaps("process") == gaps("process"), "not the same")
      + require(gaps("process") != gaps("mine"), "the same streams")
  },
  OptionCase("ProcessFaults.mode") {
    func struck(_ mode: ChaosMode) -> (pauses: Int, slow: Int) {
      let reports = standstills(
        ProcessFaults(mode), seeds: 0..<20, for: .seconds(40), ticking: false)
      return (reports.count { $0.pauses > 0 }, reports.count { $0.slowdowns > 0 })
    }
    let (random, swarm, off) = (struck(.random), struck(.swarm), struck(.off))
    return require(off == (0, 0) && random.pauses > 10 && random.slow > 10, "\(off), \(random)")
      + require(
        (1..<random.pauses).contains(swarm.pauses) && (1..<random.slow).contains(swarm.slow),
        "\(swarm)")
  },
  OptionCase("ProcessFaults.families") {
    var faults = standstill(pause: 1, slowness: 1)
    faults.families = [.pause]
    let one = standstills(faults, seeds: 0..<5)
    let other = standstills(standstill(pause: 1, slowness: 1).without(.pause), seeds: 0..<5)
    return require(one.allSatisfy { $0.pauses > 0 && $0.slowdowns == 0 }, "\(one)")
      + require(other.allSatisfy { $0.pauses == 0 && $0.slowdowns > 0 }, "\(other)")
  },
  OptionCase("ProcessFaults.pause") {
    let views = standstills(standstill(pause: 0.5), seeds: 0..<10)
    let (gaps, pauses) = (views.flatMap(\.gaps), views.reduce(0) { $0 + $1.pauses })
    // Some overlap, and are one gap.
    return require(gaps.allSatisfy { (50...110).contains($0) }, "\(gaps)")
      + require(pauses > 30 && (pauses * 8 / 10...pauses).contains(gaps.count), "\(views)")
  },
  OptionCase("ProcessFaults.slowness") {
    let views = standstills(standstill(slowness: 0.5), seeds: 0..<10)
    // Every fifth millisecond it runs: 20 rests in 100 ms.
    let (gaps, times) = (views.flatMap(\.gaps), views.reduce(0) { $0 + $1.slowdowns })
    // The last rest is as long as there is time, and some times overlap.
    return require(gaps.allSatisfy { (3...5).contains($0) }, "\(gaps)")
      + require(times > 30 && (times * 16...times * 20).contains(gaps.count), "\(views)")
  },
  OptionCase("ProcessFaults.slownessFactor") {
    func longest(_ factors: ClosedRange<Int>) -> [Int] {
      var faults = standstill(slowness: 0.5)
      faults.slownessFactor = factors
      return standstills(faults, seeds: 0..<10).compactMap { $0.gaps.max() }
    }
    let (fixed, drawn) = (longest(10...10), longest(10...30))
    return require(fixed.count > 5 && fixed.allSatisfy { (9...11).contains($0) }, "\(fixed)")
      + require(drawn.allSatisfy { (9...31).contains($0) } && Set(drawn).count > 3, "\(drawn)")
  },
  OptionCase("ProcessFaults.correlation") {  // more of it in CorrelatedFailuresTests
    func dispersion(_ correlation: FaultCorrelation) -> Double {
      var faults = standstill(pause: 1)
      faults.correlation = correlation
      let counts = standstills(faults, seeds: 0..<60, ticking: false).map { Double($0.told) }
      let mean = counts.reduce(0, +) / Double(counts.count)
      return counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / mean / Double(counts.count)
    }
    let (calm, stormy) = (dispersion(.none), dispersion(FaultCorrelation(volatility: 1)))
    return require(calm < 2 && stormy > 4, "\(calm), \(stormy)")
  },
  OptionCase("ProcessFaults.victims") {
    var faults = standstill(pause: 1)
    faults.victims = ProcessTag("role", "replica")
    let sources = Set(standstills(faults, seeds: 0..<5).flatMap(\.sources))
    return require(sources == ["ticker-1"], "\(sources)")
  },
  OptionCase("FaultWindows.rate") {
    func pauses(_ rate: Double) -> Int {
      standstills(standstill(pause: rate), seeds: 0..<20, ticking: false).reduce(0) { $0 + $1.told }
    }
    // 20 seeds of 2 processes and 5 s; five standard errors.
    let (none, some, many) = (pauses(0), pauses(0.5), pauses(2))
    return require(none == 0 && abs(some - 100) < 50 && abs(many - 400) < 100, "\(some), \(many)")
  },
  OptionCase("FaultWindows.duration") {
    var faults = ProcessFaults()
    faults.pause = FaultWindows(rate: 0.3, lasting: .milliseconds(20) ... .milliseconds(40))
    let gaps = standstills(faults, seeds: 0..<12).flatMap(\.gaps)
    return require(gaps.allSatisfy { (20...60).contains($0) }, "\(gaps)")
      + require((gaps.min() ?? 99) < 25 && (gaps.max() ?? 0) > 35, "\(gaps)")
  },
]

/// Pauses of 50 ms, and windows of 100 ms in which all takes five times as long.
private func standstill(pause: Double = 0, slowness: Double = 0) -> ProcessFaults {
  var faults = ProcessFaults()
  faults.pause = FaultWindows(rate: pause, lasting: .milliseconds(50) ... .milliseconds(50))
  faults.slowness = FaultWindows(
    rate: slowness, lasting: .milliseconds(100) ... .milliseconds(100))
  faults.slownessFactor = 5...5
  return faults
}

/// What a run shows of standing still.
private struct StandstillView {
  /// How long programs didn't get to run that wanted to each half a millisecond, in milliseconds:
  /// only what was longer than 3.
  var gaps: [Int] = []
  var sources: [String] = []
  var pauses = 0
  var slowdowns = 0
  /// Strikes on the timeline.
  var told = 0
}

private func standstills(
  _ faults: ProcessFaults, seeds: Range<UInt64>, for duration: Duration = .seconds(5),
  ticking: Bool = true
) -> [StandstillView] {
  Scenario("standing still") {
    Processes(2, named: "ticker") {
      ClosureProgram { node in
        if !ticking { try await node.clock.sleep(for: .seconds(600)) }
        var last = Simulation.elapsed
        while true {
          try await node.clock.sleep(for: .microseconds(500))
          let gap = Simulation.elapsed - last
          last = Simulation.elapsed
          if gap > .milliseconds(3) {
            node.logger.info("gap", metadata: ["ms": "\(Int(gap / .milliseconds(1)))"])
          }
        }
      }
    }.tags("role", ["primary", "replica"])
    Clients(run: nap(duration))
    Chaos(for: duration) { faults }
    Budget(run: .seconds(100), settle: .zero)
  }.reports(seeds).map { report in
    let gaps = report.events("gap")
    return StandstillView(
      gaps: gaps.compactMap { $0.int("ms") }, sources: gaps.map(\.source),
      pauses: report.processes.pauses, slowdowns: report.processes.slowdowns,
      told: report.timeline.count { $0.name == "process.pause" || $0.name == "process.slow" })
  }
}

let buggifyOptions = [
  OptionCase("Buggify.isEnabled") {
    let (off, on) = (
      buggified(Buggify(isEnabled: false, armed: 1, fired: 1)),
      buggified(Buggify(armed: 1, fired: 1))
    )
    return require(off.allSatisfy { $0 == 0 } && on.allSatisfy { $0 == 20 }, "\(off), \(on)")
  },
  OptionCase("Buggify.armed") {
    let fired = buggified(Buggify(armed: 0.5, fired: 1))
    let armed = fired.count { $0 == 20 }
    // Five standard errors.
    return require(fired.allSatisfy { $0 == 0 || $0 == 20 }, "\(fired)")
      + require((34...66).contains(armed), "\(armed)")
  },
  OptionCase("Buggify.fired") {
    let some = buggified(Buggify(armed: 1, fired: 0.25)).reduce(0, +)
    let none = buggified(Buggify(armed: 1, fired: 0)).reduce(0, +)
    // Of 2,000; five standard errors.
    return require(none == 0 && abs(some - 500) < 97, "\(none), \(some)")
  },
]

/// How often a client saw a site fire in 20 visits, in each of 100 runs.
private func buggified(_ options: Buggify) -> [Int] {
  Scenario("buggify") {
    Clients { node, _ in
      try await node.clock.sleep(for: .milliseconds(1))
      for _ in 0..<20 where buggify(named: "site") { node.logger.info("fired") }
    }
    Chaos(for: .seconds(3)) { options }
    Budget(run: .seconds(9), settle: .zero)
  }.reports(0..<100).map { $0.events("fired").count }
}
