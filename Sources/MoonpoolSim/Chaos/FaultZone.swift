//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// Processes whose faults come in the same storms.
struct FaultZone {
  /// Those that a family of faults may strike.
  var processes: [ProcessReference]
  /// By how much their faults are more likely than on average.
  var intensity: IntensityProcess
}

extension [FaultZone] {
  /// How many processes there are in all.
  var processCount: Int { reduce(0) { $0 + $1.processes.count } }

  /// The intensity at an instant, on average over processes.
  func intensity(at now: UInt64) -> Double {
    guard processCount > 0 else { return 1 }
    return reduce(0) { $0 + $1.intensity.intensity(at: now) * Double($1.processes.count) }
      / Double(processCount)
  }

  /// When a clock that goes faster in storms has counted so many nanoseconds.
  ///
  /// - Parameter limit: When to give up, in nanoseconds; bounds the work.
  /// - Returns: The instant, in nanoseconds; nil if it isn't before the limit.
  func instant(after duration: UInt64, from now: UInt64, before limit: UInt64) -> UInt64? {
    guard let step = first?.intensity.step else {
      let (instant, isLate) = now.addingReportingOverflow(duration)
      return isLate || instant >= limit ? nil : instant
    }
    var remaining = Double(duration)
    var start = now
    while start < limit {
      let (end, isLast) = (start / step * step).addingReportingOverflow(step)
      let segmentEnd = isLast ? limit : Swift.min(end, limit)
      let speed = intensity(at: start)
      let counted = Double(segmentEnd - start) * speed
      if remaining < counted { return Swift.min(start + UInt64(remaining / speed), segmentEnd - 1) }
      remaining -= counted
      start = segmentEnd
    }
    return nil
  }
}

/// The intensities of a run's failure domains, each made at its first use.
final class Intensities {
  private struct Key: Hashable {
    var domain: String
    var correlation: FaultCorrelation
  }

  private let common: FaultCorrelation
  /// Only looked up: no order follows from it.
  private var known: [Key: IntensityProcess] = [:]

  /// Starts a run's intensities; `common` is the correlation of its chaos phase.
  init(_ common: FaultCorrelation) { self.common = common }

  /// The intensity of a domain.
  ///
  /// - Parameter own: What an injector has instead of the common correlation; `none` for that.
  func intensity(
    of domain: String, for injector: String, own: FaultCorrelation = .none
  ) -> IntensityProcess {
    let isCommon = own.volatility == 0
    let correlation = isCommon ? common : own
    let name = isCommon ? domain : "\(injector)/\(domain)"
    let key = Key(domain: name, correlation: correlation)
    if let process = known[key] { return process }
    let process = IntensityProcess(
      correlation, stream: Simulation.decisions(.intensity(domain: name)))
    known[key] = process
    return process
  }
}

extension FaultContext {
  /// By how much failures of a zone are more likely now than on average: 1 on average over seeds.
  ///
  /// Always 1 unless the chaos phase has ``CorrelatedFailures``. All injectors see the same storms.
  ///
  /// - Parameter zone: A zone's name, or any other name for what fails together.
  public func intensity(of zone: String) -> Double {
    run.intensities.intensity(of: zone, for: name).intensity(at: run.world.now)
  }

  /// Waits for the next of the strikes that hit a zone at a mean rate, and more often in its storms.
  ///
  /// - Parameters:
  ///   - zone: A zone's name, or any other name for what fails together.
  ///   - rate: Strikes per second of virtual time on average, 0 or more.
  /// - Throws: `CancellationError` when the chaos phase ends, which it does if nothing strikes.
  nonisolated(nonsending) public func waitForStrike(
    in zone: String, perSecond rate: Double
  ) async throws {
    let instant = run.intensities.intensity(of: zone, for: name)
      .nextArrival(perSecond: rate, after: run.world.now, before: run.chaosEnd, from: random)
    try await sleep(until: instant ?? run.chaosEnd)
    if instant == nil { try await sleep(for: .seconds(3_600)) }
  }

  /// The processes that a family of faults may strike, zone by zone.
  ///
  /// - Parameters:
  ///   - own: The injector's own correlation; `none` for that of the chaos phase.
  ///   - victims: The tag that they must have, if any.
  func zones(_ own: FaultCorrelation = .none, _ victims: ProcessTag? = nil) -> [FaultZone] {
    cluster.domains(.zone).map { zone in
      FaultZone(
        processes: cluster.processes(in: .zone, zone).filter { $0.has(victims) },
        intensity: run.intensities.intensity(of: zone, for: name, own: own))
    }
  }

  /// Waits until virtual time is `instant`.
  nonisolated(nonsending) func sleep(until instant: UInt64) async throws {
    let now = run.world.now
    if instant > now { try await sleep(for: Duration(nanoseconds: instant - now)) }
  }
}
