//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// Wrong clocks as a part of ``Chaos``.
///
/// When the phase begins every process's wall clock is set wrong and its oscillator goes wrong, as
/// the seed draws; then jumps and changes of rate come at their own times. When the phase ends all
/// clocks are set right.
extension ClockFaults: FaultInjector {
  public var name: String { "clocks" }

  public func validate() throws { try validate("clocks") }

  public func inject(with faults: FaultContext) async throws {
    faults.setClockBound(maxError)
    let figures = drawn(faults.random)
    let zones = FaultZone.all(of: faults)
    for family in Family.allCases where figures.families.contains(family) {
      let draws = Simulation.decisions(.faults(family.path))
      for process in faults.cluster.processes where family == .skew || family == .drift {
        figures.strike(process, family, faults, draws)
      }
      let rate = figures.rate(of: family)
      guard rate > 0 else { continue }
      StrikeTrain(family.path, perSecond: rate, faults.run, zones) { process, draws in
        figures.strike(process, family, faults, draws)
      }.begin()
    }
  }

  /// Strikes of a family per process and second of virtual time, besides those at the start.
  private func rate(of family: Family) -> Double {
    switch family {
    case .skew, .drift: 0
    case .jump: jumpRate
    case .slew: slewRate
    }
  }

  private func strike(
    _ process: ProcessReference, _ family: Family, _ faults: FaultContext, _ draws: DecisionStream
  ) {
    let hasStruck =
      switch family {
      case .skew: faults.set(process, by: .nanoseconds(skew(from: draws)))
      case .jump: faults.set(process, by: .nanoseconds(jump(from: draws)))
      case .drift, .slew: faults.setRate(of: process, to: rate(from: draws))
      }
    if hasStruck { faults.run.world.clockEffects.strikes[family, default: 0] += 1 }
  }
}

extension FaultContext {
  /// Sets a process's wall clock forward, or back; its monotonic clock goes on.
  ///
  /// - Parameter amount: Clamped to ±(2^63 - 1) ns, which is 292 years.
  public func jump(_ process: ProcessReference, by amount: Duration) { set(process, by: amount) }

  /// Sets a wall clock; false if that is nothing.
  @discardableResult
  func set(_ process: ProcessReference, by amount: Duration) -> Bool {
    guard amount != .zero, begin("clock.jump", ["process": "\(process)", "by": "\(amount)"])
    else { return false }
    let longest = InvalidConfiguration.longest
    let (seconds, attoseconds) = min(max(amount, .zero - longest), longest).components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    changeClock(process) { clock, _ in clock.step(by: nanoseconds) }
    run.world.clockEffects.jumps += 1
    return true
  }

  /// Makes a process's clocks go too fast or too slow.
  ///
  /// - Parameter drift: Parts per billion; within ``ClockModel/driftRange``.
  public func changeRate(of process: ProcessReference, to drift: Int) {
    setRate(of: process, to: drift)
  }

  /// Sets the rate of an oscillator; false if it has that rate.
  @discardableResult
  func setRate(of process: ProcessReference, to drift: Int) -> Bool {
    guard drift != clock(process).present.drift,
      begin("clock.rate", ["process": "\(process)", "ppb": "\(drift)"])
    else { return false }
    changeClock(process) { clock, now in clock.slew(to: drift, at: now) }
    run.world.clockEffects.rateChanges += 1
    return true
  }

  func setClockBound(_ bound: Duration?) {
    guard isInForce else { return }
    run.world.clockErrors = ClockErrorRecord(ClockFaults(maxError: bound))
  }

  private func clock(_ process: ProcessReference) -> MachineClock {
    run.world.clock(of: run.processes[process.index].host)
  }

  private func changeClock(
    _ process: ProcessReference, _ change: (inout ClockModel, UInt64) -> Void
  ) {
    let clock = clock(process)
    let now = run.world.now
    run.world.clockErrors.observe(clock.present, process: process.index, at: now)
    clock.change(at: now) { change(&$0, now) }
    run.world.clockErrors.observe(clock.present, process: process.index, at: now)
  }
}

extension ScenarioRun {
  /// Looks how wrong the clocks are.
  func observeClocks() {
    for (index, process) in processes.enumerated() {
      let clock = world.clock(of: process.host)
      world.clockErrors.observe(clock.present, process: index, at: world.now)
    }
  }

  /// Sets all clocks right, and looks how wrong they were.
  func healClocks() {
    observeClocks()
    for process in processes {
      let clock = world.clock(of: process.host)
      guard clock.present.drift != 0 || clock.present.error(at: world.now) != 0 else { continue }
      clock.change(at: world.now) { $0.setRight(at: world.now) }
    }
  }
}

/// What was done to clocks.
public struct ClockEffects: Sendable, Hashable {
  /// What ``ClockFaults`` did, by family.
  public internal(set) var strikes: [ClockFaults.Family: Int] = [:]
  /// Wall clocks that were set, skews at the start and calls of other injectors included.
  public internal(set) var jumps = 0
  /// Oscillators whose rate changed, drifts at the start and calls of other injectors included.
  public internal(set) var rateChanges = 0

  /// Nothing was done.
  public init() {}

  /// How often a family of ``ClockFaults`` has changed a clock.
  public func strikes(of family: ClockFaults.Family) -> Int { strikes[family] ?? 0 }
}
