//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Elementary functions that give the same bits on every machine.
///
/// A C library chooses among versions of `log` or `exp` by what the processor can do, and they
/// differ in the last bit; a run must not. These are made of `+`, `-`, `*`, `/` and `sqrt` alone,
/// which IEEE 754 defines to the bit, and never of a fused multiply-add. The series are Taylor's,
/// so that no coefficient is a mystery. Results are within 2 units in the last place of the true
/// value, and their bits are a contract: a change of one changes what seeds mean.
package enum Mathematics {
  // The logarithm of 2 in two pieces. The upper has 42 bits, so that a multiple of it is exact.
  static let ln2High = 0x1.62e42fefa38p-1
  static let ln2Low = 0x1.ef35793c7673p-45
  private static let log2e = 0x1.71547652b82fep+0
  private static let sqrt2 = 0x1.6a09e667f3bcdp+0

  /// The natural logarithm; minus infinity at 0, and NaN below.
  package static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    let (exponent, f) = decomposed(x)
    // log(1 + f) is 2 artanh(s); written so that the first term, f, is exact.
    let s = f / (2 + f)
    let z = s * s
    var tail = 2.0 / 21
    tail = tail * z + 2.0 / 19
    tail = tail * z + 2.0 / 17
    tail = tail * z + 2.0 / 15
    tail = tail * z + 2.0 / 13
    tail = tail * z + 2.0 / 11
    tail = tail * z + 2.0 / 9
    tail = tail * z + 2.0 / 7
    tail = tail * z + 2.0 / 5
    tail = tail * z + 2.0 / 3
    tail = tail * z
    let half = 0.5 * f * f
    return exponent * ln2High - ((half - (s * (half + tail) + exponent * ln2Low)) - f)
  }

  /// A positive finite number as 2^exponent (1 + f), with 1 + f from √½ to √2.
  static func decomposed(_ x: Double) -> (exponent: Double, f: Double) {
    var bits = x.bitPattern
    var exponent = -1023
    if x < .leastNormalMagnitude {
      bits = (x * 0x1p54).bitPattern
      exponent -= 54
    }
    exponent += Int(bits >> 52)
    var mantissa = Double(bitPattern: bits & (1 << 52 - 1) | 0x3ff << 52)
    if mantissa > sqrt2 {
      mantissa *= 0.5
      exponent += 1
    }
    return (Double(exponent), mantissa - 1)
  }

  /// The exponential function; infinity above 709.78, and 0 below -745.13.
  package static func exp(_ x: Double) -> Double { exp(high: x, low: 0) }

  /// The exponential of a sum whose second part is small against the first.
  static func exp(high x: Double, low: Double) -> Double {
    guard x < 709.79 else { return x.isNaN ? x : .infinity }
    guard x > -745.2 else { return 0 }
    let k = (x * log2e).rounded(.toNearestOrEven)
    let upper = x - k * ln2High
    let lower = low - k * ln2Low
    let r = upper + lower
    let rest = (upper - r) + lower
    // The series without its first two terms, over r^2, for |r| <= ln 2 / 2.
    var tail = 1.0 / 6_227_020_800
    tail = tail * r + 1.0 / 479_001_600
    tail = tail * r + 1.0 / 39_916_800
    tail = tail * r + 1.0 / 3_628_800
    tail = tail * r + 1.0 / 362_880
    tail = tail * r + 1.0 / 40_320
    tail = tail * r + 1.0 / 5_040
    tail = tail * r + 1.0 / 720
    tail = tail * r + 1.0 / 120
    tail = tail * r + 1.0 / 24
    tail = tail * r + 1.0 / 6
    tail = tail * r + 0.5
    return scaled(1 + (r + (r * r * tail + (rest + rest * r))), Int(k))
  }

  /// A number near 1 times 2^exponent, rounded once, for exponents of -1075...1024.
  private static func scaled(_ x: Double, _ exponent: Int) -> Double {
    if exponent > 1000 { return x * powerOfTwo(exponent - 24) * 0x1p24 }
    if exponent < -1000 { return x * powerOfTwo(exponent + 96) * 0x1p-96 }
    return x * powerOfTwo(exponent)
  }

  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(exponent + 1023) << 52)
  }
}
