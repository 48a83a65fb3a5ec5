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

  /// Zone by zone.
  ///
  /// - Parameters:
  ///   - own: The injector's own correlation; `none` for that of the chaos phase.
  ///   - victims: The tag that those have who may be struck, if any.
  static func all(
    of faults: FaultContext, _ own: FaultCorrelation = .none, tagged victims: ProcessTag? = nil
  ) -> [FaultZone] {
    faults.cluster.domains(.zone).map { name in
      FaultZone(
        processes: faults.cluster.processes(in: .zone, name).filter { $0.has(victims) },
        intensity: faults.run.intensities.process(of: name, own))
    }
  }
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

/// The storms of a run. Injectors with equal correlations meet the same ones in the same zone;
/// those with different ones meet others, whoever is first.
struct FaultIntensities {
  private let common: FaultCorrelation
  private let present: () -> UInt64
  private var known: [(domain: String, process: IntensityProcess)] = []

  /// No storms yet; `common` is the correlation of the chaos phase, `present` tells the time.
  init(_ common: FaultCorrelation, present: @escaping () -> UInt64) {
    self.common = common
    self.present = present
  }

  /// The storms of a domain; by the common correlation if `own` is none.
  mutating func process(
    of domain: String, _ own: FaultCorrelation = .none
  ) -> IntensityProcess {
    let correlation = own.volatility == 0 ? common : own
    if let found = known.first(where: {
      $0.domain == domain && $0.process.correlation == correlation
    }) {
      return found.process
    }
    let name =
      "\(domain) hurst=\(correlation.hurst) volatility=\(correlation.volatility) "
      + "step=\(correlation.step.clampedNanoseconds)"
    let process = IntensityProcess(
      correlation, stream: Simulation.decisions(.intensity(domain: name)), present: present)
    known.append((domain, process))
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
    run.intensities.process(of: zone).intensity(at: run.world.now)
  }

  /// Waits for the next of the strikes that hit a zone at a mean rate, more often in its storms.
  ///
  /// - Parameters:
  ///   - zone: A zone's name, or any other name for what fails together.
  ///   - rate: Strikes per second of virtual time on average, 0 or more.
  /// - Throws: `CancellationError` when the chaos phase ends, which it does if nothing strikes.
  nonisolated(nonsending) public func waitForStrike(
    in zone: String, perSecond rate: Double
  ) async throws {
    let instant = run.intensities.process(of: zone)
      .nextArrival(perSecond: rate, after: run.world.now, before: run.chaosEnd, from: random)
    try await sleep(until: instant ?? run.chaosEnd)
    if instant == nil { try await sleep(for: .seconds(3_600)) }
  }

  /// Waits until virtual time is `instant`.
  nonisolated(nonsending) func sleep(until instant: UInt64) async throws {
    let now = run.world.now
    if instant > now { try await sleep(for: Duration(nanoseconds: instant - now)) }
  }
}
