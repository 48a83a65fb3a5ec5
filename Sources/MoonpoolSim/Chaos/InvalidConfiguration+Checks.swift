//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension InvalidConfiguration {
  /// The longest duration that a configuration may hold: 2^63 - 1 ns, which is 292 years.
  package static let longest = Duration.nanoseconds(Int64.max)

  /// Refuses what isn't a probability in `0...1`.
  package static func check(
    probability: Double, _ field: String
  ) throws(InvalidConfiguration) {
    guard 0...1 ~= probability else {
      throw InvalidConfiguration(field, "is \(probability); must be in 0...1")
    }
  }

  /// Refuses a number that is negative, infinite or NaN.
  package static func check(amount: Double, _ field: String) throws(InvalidConfiguration) {
    guard amount >= 0, amount < .infinity else {
      throw InvalidConfiguration(field, "is \(amount); must be finite and not negative")
    }
  }

  /// Refuses a negative duration, and one over 2^63 - 1 ns.
  package static func check(duration: Duration, _ field: String) throws(InvalidConfiguration) {
    guard duration >= .zero else {
      throw InvalidConfiguration(field, "is \(duration); must not be negative")
    }
    guard duration <= longest else {
      throw InvalidConfiguration(field, "is \(duration); must be at most 2^63 - 1 ns (292 years)")
    }
  }

  /// Refuses a range of durations that starts below 0 or ends over 2^63 - 1 ns.
  package static func check(
    durations: ClosedRange<Duration>, _ field: String
  ) throws(InvalidConfiguration) {
    try check(duration: durations.lowerBound, "\(field).lowerBound")
    try check(duration: durations.upperBound, "\(field).upperBound")
  }
}
