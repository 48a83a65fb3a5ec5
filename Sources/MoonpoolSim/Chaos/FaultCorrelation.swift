//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How the faults of one failure domain come in cascades: by a rate that varies with its own past.
///
/// In each step of virtual time the rates of the domain's faults are multiplied by
/// `exp(volatility · noise - volatility² / 2)`, where the noise is fractional Gaussian with the
/// Hurst exponent. On average over seeds the factor is 1, so the mean number of faults stays.
public struct FaultCorrelation: Sendable, Hashable {
  /// The Hurst exponent, above 0 and below 1: ½ for steps that don't depend on each other.
  public var hurst: Double
  /// How far the rates vary, from 0 (not at all) to 4: their logarithm's standard deviation.
  public var volatility: Double
  /// How long the rates stay the same: at least 1 ms of virtual time, as each step is a draw.
  public var step: Duration

  /// Rates that don't vary.
  public static let none = FaultCorrelation(volatility: 0)

  /// Makes a correlation. A factor is between 0.22 and 1.65 in two steps of three at volatility 1.
  public init(hurst: Double = 0.8, volatility: Double = 1, step: Duration = .seconds(1)) {
    self.hurst = hurst
    self.volatility = volatility
    self.step = step
  }

  /// Refuses a Hurst exponent outside of (0, 1), a volatility over 4, and a step below 1 ms.
  ///
  /// - Parameter field: The path to this correlation, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    guard 0 < hurst, hurst < 1 else {
      throw InvalidConfiguration("\(field).hurst", "is \(hurst); must be above 0 and below 1")
    }
    guard 0...4 ~= volatility else {
      throw InvalidConfiguration("\(field).volatility", "is \(volatility); must be in 0...4")
    }
    try InvalidConfiguration.check(duration: step, "\(field).step")
    guard step >= .milliseconds(1) else {
      throw InvalidConfiguration("\(field).step", "is \(step); must be at least 1 ms")
    }
  }
}

/// Faults of all injectors that come in cascades, zone by zone:
/// `Chaos(for: .seconds(30)) { CorrelatedFailures(hurst: 0.8) }`.
///
/// Network faults, process faults, attrition and clock faults heed it, unless they have a
/// correlation of their own, and injectors of yours by ``FaultContext/intensity(of:)`` or
/// ``FaultContext/waitForStrike(in:perSecond:)``.
public typealias CorrelatedFailures = FaultCorrelation

extension FaultCorrelation: ChaosPart {
  /// Makes it the correlation of a chaos phase.
  public func add(to chaos: inout Chaos) { chaos.correlation = self }
}
