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
    for process in faults.cluster.processes {
      let clock = makeClock(from: faults.random)
      faults.changeRate(of: process, to: clock.drift)
      faults.jump(process, by: .nanoseconds(clock.error(at: 0)))
    }
    let zones = FaultZone.all(of: faults)
    StrikeTrain("clocks.jump", perSecond: jumpRate, faults.run, zones) { process, draws in
      faults.jump(process, by: .nanoseconds(jump(from: draws)))
    }.begin()
    StrikeTrain("clocks.slew", perSecond: slewRate, faults.run, zones) { process, draws in
      faults.changeRate(of: process, to: slew(from: draws))
    }.begin()
  }
}

extension FaultContext {
  /// Sets a process's wall clock forward, or back; its monotonic clock goes on.
  ///
  /// - Parameter amount: Clamped to ±(2^63 - 1) ns, which is 292 years.
  public func jump(_ process: ProcessReference, by amount: Duration) {
    guard amount != .zero, isInForce else { return }
    let longest = InvalidConfiguration.longest
    let (seconds, attoseconds) = min(max(amount, .zero - longest), longest).components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    changeClock(process) { clock, _ in clock.step(by: nanoseconds) }
    run.world.clockEffects.jumps += 1
    tell("clock.jump", ["process": "\(process)", "by": "\(amount)"])
  }

  /// Makes a process's clocks go too fast or too slow.
  ///
  /// - Parameter drift: Parts per billion; within ``ClockModel/driftRange``.
  public func changeRate(of process: ProcessReference, to drift: Int) {
    guard isInForce, drift != clock(process).present.drift else { return }
    changeClock(process) { clock, now in clock.slew(to: drift, at: now) }
    run.world.clockEffects.rateChanges += 1
    tell("clock.rate", ["process": "\(process)", "ppb": "\(drift)"])
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
  /// Wall clocks that were set.
  public internal(set) var jumps = 0
  /// Oscillators whose rate changed.
  public internal(set) var rateChanges = 0

  /// Nothing was done.
  public init() {}
}
