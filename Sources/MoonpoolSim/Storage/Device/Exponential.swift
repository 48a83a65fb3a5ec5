//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

/// Random intervals between events that come at a rate.
enum Exponential {
  /// Nanoseconds until the next event: one decision, where 0 is the longest interval.
  static func interval(perSecond rate: Double, from stream: DecisionStream) -> UInt64 {
    let drawn = Double(stream.uint64(below: 1 << 53) + 1) * 0x1p-53
    let nanoseconds = -logarithm(drawn) / rate * 1e9
    return UInt64(min(nanoseconds, 0x1p62))
  }

  /// The natural logarithm of a positive finite number, to about 15 digits.
  ///
  /// The C library's differs in the last bit from one platform to another.
  static func logarithm(_ value: Double) -> Double {
    // value = m × 2^e with m in 1..<2; ln m = 2 artanh s with s = (m − 1)/(m + 1), at most 1/3.
    let s = (value.significand - 1) / (value.significand + 1)
    var power = s
    var sum = 0.0
    for odd in stride(from: 1.0, through: 31.0, by: 2.0) {
      sum += power / odd
      power *= s * s
    }
    return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
  }
}
