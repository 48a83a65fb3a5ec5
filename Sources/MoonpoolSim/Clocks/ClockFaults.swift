//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// How the clocks of the processes are wrong.
public struct ClockFaults: Sendable, Hashable {
  /// How far a wall clock may be off at the start, either way.
  public var maxSkew: Duration
  /// How fast or slow an oscillator may be, in parts per billion, from 0 to 500,000,000.
  ///
  /// Quartz stays within 100,000; virtual machines and broken boards don't.
  public var maxDrift: Int
  /// How often the wall clock of one process is set, per second of virtual time.
  public var jumpRate: Double
  /// How far it is set then at most, either way, and by at least 1 ns.
  public var maxJump: Duration
  /// How often the rate of one process's oscillator changes, per second of virtual time.
  public var slewRate: Double
  /// How wrong a wall clock may be in the view of the system under test; nil if it relies on none.
  ///
  /// Nothing enforces it. The largest error that was seen stands in the report beside it, so that a
  /// bug that needs a worse clock than was promised can be told from one that doesn't.
  public var maxError: Duration?

  /// Perfect clocks.
  public static let none = ClockFaults()

  /// Makes a configuration; what isn't named is perfect.
  public init(
    maxSkew: Duration = .zero, maxDrift: Int = 0, jumpRate: Double = 0, maxJump: Duration = .zero,
    slewRate: Double = 0, maxError: Duration? = nil
  ) {
    self.maxSkew = maxSkew
    self.maxDrift = maxDrift
    self.jumpRate = jumpRate
    self.maxJump = maxJump
    self.slewRate = slewRate
    self.maxError = maxError
  }

  /// What a seed chooses: skew of 50 to 149 ms, drift up to 200 ppm, a jump in 20 to 200 s.
  ///
  /// Four decisions.
  public static func random(from stream: DecisionStream) -> ClockFaults {
    ClockFaults(
      maxSkew: .milliseconds(stream.int(in: 50...149)),
      maxDrift: 1_000 * stream.int(in: 0...200),
      jumpRate: 1 / Double(200 - stream.int(in: 0...180)),
      maxJump: .milliseconds(stream.int(in: 1...500)),
      slewRate: 1 / 60)
  }

  /// Refuses negative and NaN figures, drifts over 500,000,000, and a skew over the promised error.
  ///
  /// - Parameter field: The path to this configuration, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    try InvalidConfiguration.check(duration: maxSkew, "\(field).maxSkew")
    guard 0...ClockModel.driftRange.upperBound ~= maxDrift else {
      throw InvalidConfiguration(
        "\(field).maxDrift", "is \(maxDrift) ppb; must be in 0...500,000,000")
    }
    try InvalidConfiguration.check(amount: jumpRate, "\(field).jumpRate")
    try InvalidConfiguration.check(duration: maxJump, "\(field).maxJump")
    guard jumpRate == 0 || maxJump >= .nanoseconds(1) else {
      throw InvalidConfiguration(
        "\(field).maxJump", "is \(maxJump); must be at least 1 ns for a jumpRate of \(jumpRate)")
    }
    try InvalidConfiguration.check(amount: slewRate, "\(field).slewRate")
    guard let maxError else { return }
    try InvalidConfiguration.check(duration: maxError, "\(field).maxError")
    guard maxSkew <= maxError else {
      throw InvalidConfiguration(
        "\(field).maxError", "is \(maxError); must be at least maxSkew, which is \(maxSkew)")
    }
  }
}

extension ClockFaults {
  /// Draws the clocks of one process: its skew, then its drift. Two decisions, of which 0 is none.
  ///
  /// - Parameters:
  ///   - epoch: What a perfect wall clock reads at true time 0, in nanoseconds since 1970.
  ///   - monotonicStart: What the monotonic clock reads at true time 0, in nanoseconds.
  ///   - stream: The stream of this process's clocks.
  package func makeClock(
    epoch: Int64 = 0, monotonicStart: UInt64 = 0, from stream: DecisionStream
  ) -> ClockModel {
    let skew = stream.deviation(upTo: Self.limit(maxSkew))
    let drift = stream.deviation(upTo: maxDrift)
    return ClockModel(
      epoch: epoch, skew: Int64(skew), drift: drift, monotonicStart: monotonicStart)
  }

  /// Draws how far a wall clock is set, in nanoseconds, never 0 unless `maxJump` is. One decision.
  package func jump(from stream: DecisionStream) -> Int64 {
    let limit = Self.limit(maxJump)
    guard limit > 0 else { return 0 }
    let drawn = Int64(stream.uint64(below: 2 * UInt64(limit)))
    return drawn & 1 == 0 ? drawn / 2 + 1 : -(drawn / 2) - 1
  }

  /// Draws the new rate of an oscillator, in parts per billion. One decision, of which 0 is none.
  package func slew(from stream: DecisionStream) -> Int { stream.deviation(upTo: maxDrift) }

  /// Whole nanoseconds, at most 2^62 (146 years).
  private static func limit(_ duration: Duration) -> Int {
    Int(min(duration.clampedNanoseconds, 1 << 62))
  }
}
