//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The clocks of one process: what they read at each instant of true (virtual) time.
///
/// One oscillator drives both clocks, too fast or too slow by a rate in parts per billion. The
/// monotonic clock never goes back. The wall clock is it plus an offset, which steps change. All
/// arithmetic is in integers and exact; nothing accumulates, and nothing overflows: readings
/// saturate at 2^64 - 1 ns (monotonic) and ±2^63 ns (wall).
///
/// True time only moves forward: every instant given must be at or after the last change.
public struct ClockModel: Sendable, Hashable {
  /// The rates that an oscillator may have: at most twice too slow or 1.5 times too fast.
  public static let driftRange = -500_000_000...500_000_000

  private static let billion: UInt128 = 1_000_000_000

  /// When the rate was last changed, in nanoseconds of true time.
  private var anchor: UInt64
  /// What the monotonic clock had counted by then, in billionths of a nanosecond.
  private var counted: UInt128
  /// What the wall clock reads when the monotonic one is at 0, in nanoseconds since 1970.
  private var wallBase: Int128
  /// What a perfect wall clock reads at true time 0, in nanoseconds since 1970.
  private let epoch: Int64
  /// How many nanoseconds these clocks gain in a true second; negative if they lose.
  public private(set) var drift: Int

  /// Makes clocks.
  ///
  /// - Parameters:
  ///   - epoch: What a perfect wall clock reads at true time 0, in nanoseconds since 1970.
  ///   - skew: How far this wall clock is ahead at true time 0, in nanoseconds.
  ///   - drift: How fast the oscillator is, in parts per billion; within `driftRange`.
  ///   - monotonicStart: What the monotonic clock reads at true time 0, in nanoseconds.
  public init(epoch: Int64 = 0, skew: Int64 = 0, drift: Int = 0, monotonicStart: UInt64 = 0) {
    Self.check(drift)
    self.epoch = epoch
    self.drift = drift
    anchor = 0
    counted = UInt128(monotonicStart) * Self.billion
    wallBase = Int128(epoch) + Int128(skew) - Int128(monotonicStart)
  }

  /// What the monotonic clock reads, in nanoseconds.
  public func monotonic(at now: UInt64) -> UInt64 {
    UInt64(clamping: counted(at: now) / Self.billion)
  }

  /// What the wall clock reads, in nanoseconds since 1970.
  public func wall(at now: UInt64) -> Int64 {
    Int64(clamping: wallBase + Int128(counted(at: now) / Self.billion))
  }

  /// How far the wall clock is ahead of a perfect one, in nanoseconds; negative if behind.
  public func error(at now: UInt64) -> Int64 {
    let perfect = Int128(epoch) + Int128(now)
    return Int64(clamping: wallBase + Int128(counted(at: now) / Self.billion) - perfect)
  }

  /// The first instant of true time, from `now` on, at which the monotonic clock reads a deadline.
  ///
  /// Exact: one nanosecond earlier it reads less. Later changes of the rate move it.
  ///
  /// - Returns: Nanoseconds, 2^64 - 1 for never.
  public func instant(monotonic deadline: UInt64, from now: UInt64) -> UInt64 {
    instant(counted: Int128(deadline), from: now)
  }

  /// The first instant of true time, from `now` on, at which the wall clock reads a deadline.
  ///
  /// Exact as long as nobody steps the clock or changes its rate.
  ///
  /// - Returns: Nanoseconds, 2^64 - 1 for never.
  public func instant(wall deadline: Int64, from now: UInt64) -> UInt64 {
    instant(counted: Int128(deadline) - wallBase, from: now)
  }

  /// When a sleeper wakes who wants to sleep this long by its own clock, and never less.
  ///
  /// - Parameters:
  ///   - duration: How long, in nanoseconds of the monotonic clock.
  ///   - now: When the sleep begins, in nanoseconds of true time.
  /// - Returns: Nanoseconds of true time, 2^64 - 1 for never.
  public func wakeUp(after duration: UInt64, from now: UInt64) -> UInt64 {
    instant(counted: Int128(monotonic(at: now)) + Int128(duration), from: now)
  }

  /// Sets the wall clock forward, or back, by so many nanoseconds. The monotonic clock goes on.
  public mutating func step(by nanoseconds: Int64) { wallBase += Int128(nanoseconds) }

  /// Changes the rate from an instant on; neither clock jumps.
  ///
  /// - Parameters:
  ///   - drift: The new rate, in parts per billion; within `driftRange`.
  ///   - now: When, in nanoseconds of true time.
  public mutating func slew(to drift: Int, at now: UInt64) {
    Self.check(drift)
    counted = counted(at: now)
    anchor = now
    self.drift = drift
  }

  /// Sets the wall clock to true time and the oscillator to its right rate.
  ///
  /// In one go: several jumps may add up to more than ``step(by:)`` takes.
  mutating func setRight(at now: UInt64) {
    slew(to: 0, at: now)
    wallBase = Int128(epoch) + Int128(now) - Int128(counted(at: now) / Self.billion)
  }

  /// Nanoseconds that the clocks count in a true second.
  private var rate: UInt128 { UInt128(1_000_000_000 + drift) }

  private func counted(at now: UInt64) -> UInt128 {
    precondition(now >= anchor, "a clock was read at \(now) ns, before its change at \(anchor) ns")
    return counted + UInt128(now - anchor) * rate
  }

  private func instant(counted nanoseconds: Int128, from now: UInt64) -> UInt64 {
    let present = counted(at: now)
    guard nanoseconds > 0 else { return now }
    let wanted = UInt128(nanoseconds) * Self.billion
    guard wanted > present else { return now }
    let ticks = (wanted - present + rate - 1) / rate
    return UInt64(clamping: UInt128(now) + ticks)
  }

  private static func check(_ drift: Int) {
    precondition(
      driftRange.contains(drift),
      "a clock's drift must be within ±500,000,000 parts per billion, not \(drift)")
  }
}
