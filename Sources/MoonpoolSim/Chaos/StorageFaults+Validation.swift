//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension StorageFaults {
  /// Refuses what is out of the ranges that the fields state, and windows that last no time.
  ///
  /// - Parameter field: The path to this configuration, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    guard families.isSubset(of: StorageFaultFamily.injected) else {
      throw InvalidConfiguration(
        "\(field).families", "has crashLoss; set crashSurvival of the disk's configuration instead")
    }
    var all = self
    all.families = StorageFaultFamily.injected
    for family in StorageFaultFamily.allCases {
      try InvalidConfiguration.check(
        probability: all.probability(of: family), "\(field).\(family)Probability")
    }
    try stall.validate("\(field).stall")
    try throttle.validate("\(field).throttle")
    for (name, divisor) in [
      ("throttleIOPSDivisor", throttleIOPSDivisor),
      ("throttleBandwidthDivisor", throttleBandwidthDivisor),
    ] where !(1...1_000_000 ~= divisor) {
      throw InvalidConfiguration("\(field).\(name)", "is \(divisor); must be in 1...1,000,000")
    }
    try correlation.validate("\(field).correlation")
  }
}
