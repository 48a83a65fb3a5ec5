//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Faults that begin at a rate, and end after a while.
public struct FaultWindows: Sendable, Hashable {
  /// How often one begins, per second of virtual time.
  public var rate: Double
  /// How long it lasts, uniformly.
  public var duration: ClosedRange<Duration>

  /// Makes windows; by default none.
  public init(rate: Double = 0, lasting duration: ClosedRange<Duration> = .zero ... .zero) {
    self.rate = rate
    self.duration = duration
  }

  /// Refuses bad durations, windows that last no time, and negative, infinite and NaN rates.
  ///
  /// - Parameter field: The path to these windows, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    try InvalidConfiguration.check(amount: rate, "\(field).rate")
    try InvalidConfiguration.check(durations: duration, "\(field).duration")
    guard rate == 0 || duration.upperBound >= .nanoseconds(1) else {
      throw InvalidConfiguration(
        "\(field).duration",
        "ends at \(duration.upperBound); must be at least 1 ns for a rate of \(rate)")
    }
  }
}
