//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Mathematics {
  /// A number from 0 upwards to any power; NaN for a base below 0, whatever the power.
  ///
  /// As in C, any base to the power 0 is 1, and 1 to any power is 1.
  package static func pow(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0 || base == 1 { return 1 }
    guard base >= 0, !exponent.isNaN else { return .nan }
    if base == 0 || base == .infinity {
      return (base == 0) == (exponent > 0) ? 0 : .infinity
    }
    // Beyond 2^64 even the neighbours of 1 give 0 or infinity.
    let exponent = min(max(exponent, -0x1p64), 0x1p64)
    let product = logarithm(base) * DoubleDouble(exponent)
    return exp(high: product.high, low: product.low)
  }

  /// The logarithm of a positive finite number with an error below 2^-64 of it.
  private static func logarithm(_ x: Double) -> DoubleDouble {
    let (exponent, f) = decomposed(x)
    let s = DoubleDouble(f) / DoubleDouble(sum: 2, f)
    let z = s * s
    // From the third term of the series on, 53 bits do.
    var tail = 1.0 / 25
    tail = tail * z.high + 1.0 / 23
    tail = tail * z.high + 1.0 / 21
    tail = tail * z.high + 1.0 / 19
    tail = tail * z.high + 1.0 / 17
    tail = tail * z.high + 1.0 / 15
    tail = tail * z.high + 1.0 / 13
    tail = tail * z.high + 1.0 / 11
    tail = tail * z.high + 1.0 / 9
    tail = tail * z.high + 1.0 / 7
    tail = tail * z.high + 1.0 / 5
    let third = DoubleDouble(0x1.5555555555555p-2, 0x1.5555555555555p-56)
    let cubic = s * z * (third + DoubleDouble(product: z.high, tail))
    let mantissa = s + cubic
    let twice = DoubleDouble(2 * mantissa.high, 2 * mantissa.low)
    return DoubleDouble(exponent * ln2High, 0) + DoubleDouble(exponent * ln2Low) + twice
  }
}
