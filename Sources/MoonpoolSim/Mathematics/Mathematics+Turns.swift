//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Mathematics {
  /// Sine and cosine of an angle in full turns: both of `2π · turns`.
  ///
  /// Whole turns fall away without error, and quarters give exact zeros and ones. NaN for an angle
  /// that isn't finite.
  package static func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
    guard turns.isFinite else { return (.nan, .nan) }
    let part = turns - turns.rounded(.toNearestOrEven)
    let quarter = (part * 4).rounded(.toNearestOrEven)
    let angle = DoubleDouble(product: part - quarter * 0.25, 0x1.921fb54442d18p+2)
    let rest = angle.low + (part - quarter * 0.25) * 0x1.1a62633145c07p-52
    let sine = kernelSine(angle.high, rest)
    let cosine = kernelCosine(angle.high, rest)
    switch Int(quarter) {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case -1: return (-cosine, sine)
    default: return (-sine, -cosine)
    }
  }

  /// The sine of x + rest for |x| <= π/4.
  private static func kernelSine(_ x: Double, _ rest: Double) -> Double {
    let z = x * x
    var tail = 1.0 / 355_687_428_096_000
    tail = tail * z - 1.0 / 1_307_674_368_000
    tail = tail * z + 1.0 / 6_227_020_800
    tail = tail * z - 1.0 / 39_916_800
    tail = tail * z + 1.0 / 362_880
    tail = tail * z - 1.0 / 5_040
    tail = tail * z + 1.0 / 120
    tail = tail * z - 1.0 / 6
    return x + (x * z * tail + rest * (1 - 0.5 * z))
  }

  /// The cosine of x + rest for |x| <= π/4.
  private static func kernelCosine(_ x: Double, _ rest: Double) -> Double {
    let z = x * x
    var tail = 1.0 / 20_922_789_888_000
    tail = tail * z - 1.0 / 87_178_291_200
    tail = tail * z + 1.0 / 479_001_600
    tail = tail * z - 1.0 / 3_628_800
    tail = tail * z + 1.0 / 40_320
    tail = tail * z - 1.0 / 720
    tail = tail * z + 1.0 / 24
    let half = 0.5 * z
    let most = 1 - half
    return most + (((1 - most) - half) + (z * z * tail - x * rest))
  }
}
