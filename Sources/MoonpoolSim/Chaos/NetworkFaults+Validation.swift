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
    for family in NetworkFaultFamily.allCases {
      try windows(of: family)?.validate("\(field).\(family.rawValue)")
    }
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
}
