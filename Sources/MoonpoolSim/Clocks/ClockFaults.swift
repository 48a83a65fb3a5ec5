//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// How the clocks of the processes are wrong while a chaos phase lasts:
/// `Chaos { ClockFaults(.swarm) }`.
///
/// Rates count strikes per process and second of virtual time. Each family draws from streams of
/// its own: switching one off leaves what the others do as it was.
public struct ClockFaults: Sendable, Hashable {
  /// The kinds of trouble.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    /// A wall clock is off from the start: see ``ClockFaults/maxSkew``.
    case skew
    /// An oscillator has a wrong rate from the start: see ``ClockFaults/maxDrift``.
    case drift
    /// A wall clock is set, forward or back: see ``ClockFaults/jumpRate``.
    case jump
    /// An oscillator's rate changes: see ``ClockFaults/slewRate``.
    case slew

    /// Its name in streams and swarms: `clocks.skew`.
    var path: String { "clocks.\(rawValue)" }
  }

  /// How each seed chooses the figures below; `off`: they are as they stand here.
  public let mode: ChaosMode
  /// The families that may be on. By default all.
  public var families = Set(Family.allCases)
  /// How far a wall clock may be off at the start, either way.
  public var maxSkew: Duration
  /// How fast or slow an oscillator may be, at the start and when its rate changes, in parts per
  /// billion, from 0 to 500,000,000.
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

  /// Figures that each seed draws with ``random(from:)``; swarm tosses a coin for each family.
  ///
  /// What is set in the fields of such a value has no effect, except ``families`` and ``maxError``,
  /// which the skew is drawn within.
  public init(_ mode: ChaosMode, maxError: Duration? = nil) {
    self.mode = mode
    maxSkew = .zero
    maxDrift = 0
    jumpRate = 0
    maxJump = .zero
    slewRate = 0
    self.maxError = maxError
  }

  /// Figures of your own; what isn't named is perfect.
  public init(
    maxSkew: Duration = .zero, maxDrift: Int = 0, jumpRate: Double = 0, maxJump: Duration = .zero,
    slewRate: Double = 0, maxError: Duration? = nil
  ) {
    mode = .off
    self.maxSkew = maxSkew
    self.maxDrift = maxDrift
    self.jumpRate = jumpRate
    self.maxJump = maxJump
    self.slewRate = slewRate
    self.maxError = maxError
  }

  /// The same without some families.
  public func without(_ masked: Family...) -> ClockFaults {
    var copy = self
    copy.families.subtract(masked)
    return copy
  }

  /// What a seed chooses: skew of 50 to 149 ms, drift up to 200 ppm, a jump in 20 to 200 s, another
  /// rate in 60 s. Four decisions; of each the lowest value is the mildest.
  ///
  /// The skew is moonpool 0.8's range for its one drifting clock. The others are chosen: a drift
  /// twice as large as that of quartz, jumps as of a clock that is synchronised now and then.
  public static func random(from stream: DecisionStream) -> ClockFaults {
    ClockFaults(
      maxSkew: .milliseconds(stream.int(in: 50...149)),
      maxDrift: 1_000 * stream.int(in: 0...200),
      jumpRate: 1 / Double(200 - stream.int(in: 0...180)),
      maxJump: .milliseconds(stream.int(in: 1...500)),
      slewRate: 1 / 60)
  }

  /// The figures of one run.
  func drawn(_ stream: DecisionStream) -> ClockFaults {
    guard mode != .off else { return self }
    var drawn = ClockFaults.random(from: stream)
    drawn.maxError = maxError
    if let maxError { drawn.maxSkew = min(drawn.maxSkew, maxError) }
    drawn.families = mode.chosen(of: families, named: \.path)
    return drawn
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
  /// Draws how far a wall clock is off, in nanoseconds. One decision, of which 0 is none.
  package func skew(from stream: DecisionStream) -> Int64 {
    Int64(stream.deviation(upTo: Self.limit(maxSkew)))
  }

  /// Draws how far a wall clock is set, in nanoseconds, never 0 unless `maxJump` is. One decision.
  package func jump(from stream: DecisionStream) -> Int64 {
    let limit = Self.limit(maxJump)
    guard limit > 0 else { return 0 }
    let drawn = Int64(stream.uint64(below: 2 * UInt64(limit)))
    return drawn & 1 == 0 ? drawn / 2 + 1 : -(drawn / 2) - 1
  }

  /// Draws the rate of an oscillator, in parts per billion. One decision, of which 0 is none.
  package func rate(from stream: DecisionStream) -> Int { stream.deviation(upTo: maxDrift) }

  /// Whole nanoseconds, at most 2^62 (146 years).
  private static func limit(_ duration: Duration) -> Int {
    Int(min(duration.clampedNanoseconds, 1 << 62))
  }
}
