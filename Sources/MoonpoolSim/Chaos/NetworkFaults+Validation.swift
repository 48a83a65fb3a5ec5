//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension NetworkFaults {
  /// Refuses what is out of the ranges that the fields state, and windows that last no time.
  ///
  /// - Parameter field: The path to this configuration, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    try validateWindows(field)
    try InvalidConfiguration.check(amount: bitFlip.rate, "\(field).bitFlip.rate")
    guard bitFlip.bits.lowerBound >= 1, bitFlip.bits.upperBound <= 32 else {
      throw InvalidConfiguration("\(field).bitFlip.bits", "is \(bitFlip.bits); must be in 1...32")
    }
    try InvalidConfiguration.check(duration: bitFlip.cooldown, "\(field).bitFlip.cooldown")
    try InvalidConfiguration.check(amount: randomClose.rate, "\(field).randomClose.rate")
    try InvalidConfiguration.check(
      probability: randomClose.explicitRatio, "\(field).randomClose.explicitRatio")
    try InvalidConfiguration.check(duration: randomClose.cooldown, "\(field).randomClose.cooldown")
    try InvalidConfiguration.check(amount: halfOpenRate, "\(field).halfOpenRate")
    guard !partitionShapes.isEmpty else {
      throw InvalidConfiguration("\(field).partitionShapes", "is empty; must have at least one")
    }
    guard partialIOMaxBytes >= 1 else {
      throw InvalidConfiguration(
        "\(field).partialIOMaxBytes", "is \(partialIOMaxBytes); must be at least 1")
    }
    guard latencySpikeFactor.lowerBound >= 1, latencySpikeFactor.upperBound <= 100_000 else {
      throw InvalidConfiguration(
        "\(field).latencySpikeFactor", "is \(latencySpikeFactor); must be in 1...100,000")
    }
    try InvalidConfiguration.check(
      probability: datagramLossProbability, "\(field).datagramLossProbability")
    try InvalidConfiguration.check(
      probability: datagramDoublingProbability, "\(field).datagramDoublingProbability")
    try correlation.validate("\(field).correlation")
  }

  private func validateWindows(_ field: String) throws(InvalidConfiguration) {
    for family in NetworkFaultFamily.allCases {
      guard let windows = windows(of: family) else { continue }
      try windows.validate("\(field).\(family.rawValue)")
    }
  }
}

extension NetworkFaults.Windows {
  /// Refuses a rate that is no number, durations out of range, and windows that last no time.
  func validate(_ path: String) throws(InvalidConfiguration) {
    try InvalidConfiguration.check(amount: rate, "\(path).rate")
    try InvalidConfiguration.check(durations: duration, "\(path).duration")
    guard rate == 0 || duration.upperBound >= .nanoseconds(1) else {
      throw InvalidConfiguration(
        "\(path).duration",
        "ends at \(duration.upperBound); must be at least 1 ns for a rate of \(rate)")
    }
  }
}
