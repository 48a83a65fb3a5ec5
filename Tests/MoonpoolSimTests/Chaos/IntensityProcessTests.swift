//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim
import Testing

private let second: UInt64 = 1_000_000_000

@Suite struct IntensityProcessTests {
  private func withProcess<Result>(
    _ correlation: FaultCorrelation, seed: UInt64,
    _ body: (IntensityProcess, DecisionStream) -> Result
  ) -> Result {
    withDecisions(seed: seed) { decisions in
      let domain = decisions.stream(.intensity(domain: "zone-1"))
      return body(
        IntensityProcess(correlation, stream: domain), decisions.stream(.faults("reset")))
    }
  }

  /// How many events fall into each window.
  private func counts(
    _ correlation: FaultCorrelation, perSecond rate: Double, windows: Int, seconds: UInt64,
    seed: UInt64
  ) -> [Double] {
    withProcess(correlation, seed: seed) { process, arrivals in
      var counts = [Double](repeating: 0, count: windows)
      let limit = UInt64(windows) * seconds * second
      var now: UInt64 = 0
      while let next = process.nextArrival(
        perSecond: rate, after: now, before: limit, from: arrivals)
      {
        counts[Int(next / (seconds * second))] += 1
        now = next
      }
      return counts
    }
  }

  /// Variance over mean of the counts of all seeds: 1 for events without memory.
  private func dispersion(_ correlation: FaultCorrelation) -> Double {
    let all = (1...16 as ClosedRange<UInt64>).flatMap {
      counts(correlation, perSecond: 4, windows: 32, seconds: 16, seed: $0)
    }
    let mean = all.reduce(0, +) / Double(all.count)
    return all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count - 1) / mean
  }

  @Test func `events come in cascades, the more the higher the exponent`() {
    let none = dispersion(.none)
    #expect(0.8...1.2 ~= none, "\(none)")
    let found = [0.5, 0.7, 0.9].map { dispersion(FaultCorrelation(hurst: $0, volatility: 0.7)) }
    // 4 events × 0.63 (the variance of a factor) more than 1 for independent steps.
    #expect(2.5...4.5 ~= found[0], "\(found)")
    #expect(found[1] > 1.4 * found[0], "\(found)")
    #expect(found[2] > 1.4 * found[1], "\(found)")
  }

  @Test func `steps that are over are forgotten, and the others stay as they were`() {
    let correlation = FaultCorrelation(hurst: 0.8, volatility: 1, step: .milliseconds(10))
    var now: UInt64 = 0
    let all = withProcess(correlation, seed: 7) { process, _ in
      (0..<20_000).map { process.intensity(at: UInt64($0) * 10_000_000) }
    }
    withDecisions(seed: 7) { decisions in
      let process = IntensityProcess(
        correlation, stream: decisions.stream(.intensity(domain: "zone-1")), present: { now })
      var most = 0
      for step in 0..<19_000 {
        now = UInt64(step) * 10_000_000
        // Some ask for what is to come, others for the present.
        for ahead in [500, 0, 250] where step % 100 == 0 || ahead == 0 {
          let found = process.intensity(at: now + UInt64(ahead) * 10_000_000)
          if found != all[step + ahead] { Issue.record("step \(step) + \(ahead)") }
        }
        most = max(most, process.rememberedSteps)
      }
      #expect(most <= 1_300, "\(most)")
      // After a long time in which nobody asked.
      now = 19_900 * 10_000_000
      #expect(process.intensity(at: now) == all[19_900])
    }
  }

  @Test func `the mean rate stays`() {
    for hurst in [0.5, 0.9] {
      let correlation = FaultCorrelation(hurst: hurst, volatility: 0.5)
      let totals = (1...2_000 as ClosedRange<UInt64>).map {
        counts(correlation, perSecond: 3, windows: 1, seconds: 4, seed: $0)[0]
      }
      let mean = totals.reduce(0, +) / 2_000
      // Variance at most 12 + 144 × 0.284; five standard errors.
      #expect(abs(mean - 12) < 0.83, "\(mean)")
    }
  }

  @Test func `the factor is 1 on average, and the same for a whole step`() {
    let correlation = FaultCorrelation(hurst: 0.8, volatility: 1, step: .milliseconds(250))
    var sum = 0.0
    for seed in 1...4_000 as ClosedRange<UInt64> {
      sum += withProcess(correlation, seed: seed) { process, _ in
        let factor = process.intensity(at: 1_250_000_000)
        #expect(process.intensity(at: 1_499_999_999) == factor)
        #expect(process.intensity(at: 1_500_000_000) != factor)
        return factor
      }
    }
    // The variance is e - 1; five standard errors.
    #expect(abs(sum / 4_000 - 1) < 0.104, "\(sum / 4_000)")
  }

  @Test func `without volatility nothing is drawn, and the factor is 1`() {
    withProcess(.none, seed: 1) { process, arrivals in
      #expect(process.intensity(at: 0) == 1)
      #expect(process.intensity(at: .max) == 1)
      #expect(
        process.nextArrival(perSecond: 1e-9, after: 0, before: .max - 1, from: arrivals) != nil)
      #expect(arrivals.drawnCount == 1)
    }
  }

  @Test func `who asks first makes no difference`() {
    let correlation = FaultCorrelation(hurst: 0.8)
    let forwards = withProcess(correlation, seed: 5) { process, _ in
      (0..<50).map { process.intensity(at: UInt64($0) * second) }
    }
    let backwards = withProcess(correlation, seed: 5) { process, arrivals in
      _ = process.nextArrival(perSecond: 0.1, after: 0, before: 1_000 * second, from: arrivals)
      return (0..<50).reversed().map { process.intensity(at: UInt64($0) * second) }
    }
    #expect(forwards == backwards.reversed())
  }

  @Test func `a rate of 0 never strikes and draws nothing`() {
    withProcess(FaultCorrelation(), seed: 1) { process, arrivals in
      #expect(process.nextArrival(perSecond: 0, after: 0, before: .max, from: arrivals) == nil)
      #expect(process.nextArrival(perSecond: 9, after: 5, before: 5, from: arrivals) == nil)
      #expect(arrivals.drawnCount == 0)
    }
  }

  @Test func `an arrival lies between its bounds, up to the end of time`() {
    for seed in 1...200 as ClosedRange<UInt64> {
      withProcess(FaultCorrelation(hurst: 0.9), seed: seed) { process, arrivals in
        let from = 3 * second + 7
        let limit = 4 * second + 1
        let next = process.nextArrival(
          perSecond: 1, after: from, before: limit, from: arrivals)
        #expect(next.map { (from..<limit).contains($0) } ?? true)
      }
    }
    withProcess(.none, seed: 1) { process, arrivals in
      let next = process.nextArrival(
        perSecond: 1e12, after: .max - 2, before: .max, from: arrivals)
      #expect(next == .max - 2 || next == .max - 1)
    }
    withProcess(FaultCorrelation(step: .nanoseconds(Int64.max)), seed: 1) { process, arrivals in
      let next = process.nextArrival(
        perSecond: 1e-30, after: .max - 2, before: .max, from: arrivals)
      #expect(next == nil)
    }
  }

  /// Time changed by the integral of the factor makes the process one of rate 1.
  @Test func `arrivals follow the factor exactly`() {
    var gaps: [Double] = []
    var total = 0.0
    for seed in 1...100 as ClosedRange<UInt64> {
      withProcess(FaultCorrelation(hurst: 0.8), seed: seed) { process, arrivals in
        var now: UInt64 = 0
        while let next = process.nextArrival(
          perSecond: 2, after: now, before: 64 * second, from: arrivals)
        {
          var mass = 0.0
          var start = now
          while start < next {
            let end = min((start / second + 1) * second, next)
            mass += 2 * process.intensity(at: start) * Double(end - start) * 1e-9
            start = end
          }
          gaps.append(mass)
          now = next
        }
        for step in 0..<64 { total += 2 * process.intensity(at: UInt64(step) * second) }
      }
    }
    let count = Double(gaps.count)
    // Given the factors, the number of arrivals is Poisson's; four standard errors.
    #expect(abs(count - total) < 4 * total.squareRoot(), "\(count) for \(total)")
    for level in [0.1, 0.5, 1, 2, 3] {
      let above = Double(gaps.count { $0 > level }) / count
      // Five standard errors at most; the last gap of each seed is cut off.
      let tolerance = 2.5 / count.squareRoot() + 100 / count
      #expect(abs(above - Mathematics.exp(-level)) < tolerance, "\(level)")
    }
  }

  /// A contract: other values would change what every seed means.
  @Test func `values are pinned`() {
    withProcess(FaultCorrelation(hurst: 0.8, volatility: 1), seed: 42) { process, arrivals in
      #expect(
        (0..<3).map { process.intensity(at: $0 * second).bitPattern } == [
          4_609_923_325_715_680_866, 4_599_672_374_201_460_989, 4_599_309_527_724_267_697,
        ])
      var now: UInt64 = 0
      let times = (0..<4).map { _ in
        now = process.nextArrival(perSecond: 1, after: now, before: .max, from: arrivals) ?? 0
        return now
      }
      #expect(times == [672_898_228, 899_261_623, 3_248_715_338, 3_404_865_015])
    }
  }

  @Test(arguments: [
    Refusal("a.hurst") { () throws(InvalidConfiguration) in
      try FaultCorrelation(hurst: 0).validate("a")
    },
    Refusal("a.hurst") { () throws(InvalidConfiguration) in
      try FaultCorrelation(hurst: 1).validate("a")
    },
    Refusal("a.hurst") { () throws(InvalidConfiguration) in
      try FaultCorrelation(hurst: .nan).validate("a")
    },
    Refusal("a.volatility") { () throws(InvalidConfiguration) in
      try FaultCorrelation(volatility: -0.1).validate("a")
    },
    Refusal("a.volatility") { () throws(InvalidConfiguration) in
      try FaultCorrelation(volatility: 4.1).validate("a")
    },
    Refusal("a.volatility") { () throws(InvalidConfiguration) in
      try FaultCorrelation(volatility: .nan).validate("a")
    },
    Refusal("a.step") { () throws(InvalidConfiguration) in
      try FaultCorrelation(step: .nanoseconds(999_999)).validate("a")
    },
    Refusal("a.step") { () throws(InvalidConfiguration) in
      try FaultCorrelation(step: .zero).validate("a")
    },
    Refusal("a.step") { () throws(InvalidConfiguration) in
      try FaultCorrelation(step: .seconds(-1)).validate("a")
    },
  ]) func `a bad correlation is refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `good correlations are accepted`() throws {
    try FaultCorrelation.none.validate("a")
    try FaultCorrelation(hurst: 0.999, volatility: 4, step: .milliseconds(1)).validate("a")
  }
}
