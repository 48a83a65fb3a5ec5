//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A number as the unevaluated sum of two: about 106 bits (Dekker, 1971).
struct DoubleDouble {
  var high: Double
  var low: Double

  init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// The exact sum of two numbers (Knuth).
  init(sum a: Double, _ b: Double) {
    high = a + b
    let part = high - a
    low = (a - (high - part)) + (b - part)
  }

  /// The exact product of two numbers below 2^996 (Veltkamp and Dekker).
  init(product a: Double, _ b: Double) {
    high = a * b
    let (a1, a2) = Self.split(a)
    let (b1, b2) = Self.split(b)
    low = ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2
  }

  /// Two halves of 26 bits each.
  private static func split(_ a: Double) -> (Double, Double) {
    let scaled = a * 0x1.0000002p27
    let upper = scaled - (scaled - a)
    return (upper, a - upper)
  }

  static func + (a: Self, b: Self) -> Self {
    let sum = Self(sum: a.high, b.high)
    return Self(sum: sum.high, sum.low + (a.low + b.low))
  }

  static func * (a: Self, b: Self) -> Self {
    let product = Self(product: a.high, b.high)
    return Self(sum: product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  static func / (a: Self, b: Self) -> Self {
    let quotient = a.high / b.high
    let product = b * Self(quotient)
    let rest = ((a.high - product.high) - product.low) + a.low
    return Self(sum: quotient, rest / b.high)
  }
}
