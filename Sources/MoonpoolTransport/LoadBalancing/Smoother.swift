//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// A sum that follows its true value slowly: a change has reached 63 % of it after the folding
/// time.
///
/// Source: FoundationDB's `Smoother`.
public struct Smoother: Sendable, Hashable {
  /// After which time a change has reached 1 - 1/e.
  public let foldingTime: Duration
  /// The true value.
  public private(set) var total: Double
  private var estimate: Double
  private var time: Duration

  /// Creates one that is at rest.
  ///
  /// - Parameter foldingTime: Zero: it follows at once.
  public init(foldingTime: Duration, at now: Duration, total: Double = 0) {
    self.foldingTime = foldingTime
    self.total = total
    estimate = total
    time = now
  }

  /// Changes the true value.
  public mutating func add(_ delta: Double, at now: Duration) {
    advance(to: now)
    total += delta
  }

  /// Where the sum is. A clock that goes back changes nothing.
  public mutating func value(at now: Duration) -> Double {
    advance(to: now)
    return estimate
  }

  private mutating func advance(to now: Duration) {
    let passed = now - time
    guard passed > .zero else {
      if foldingTime <= .zero { estimate = total }
      return
    }
    time = now
    guard foldingTime > .zero else {
      estimate = total
      return
    }
    estimate += (total - estimate) * (1 - Exponential.decay(passed / foldingTime))
  }
}

/// e to the power of something negative, the same on each machine: the C library's function may
/// differ in its last bit from one to the next.
enum Exponential {
  /// e to the power of `-x`, for `x` of at least 0.
  static func decay(_ x: Double) -> Double {
    if x >= 700 { return 0 }
    // e^-x = 2^-k · e^-r, with r below ln 2; then a series.
    let k = (x / ln2).rounded(.down)
    let r = x - k * ln2
    var (term, sum) = (1.0, 1.0)
    for n in 1...17 {
      term *= -r / Double(n)
      sum += term
    }
    return Double(sign: .plus, exponent: -Int(k), significand: sum)
  }

  private static let ln2 = 0.693_147_180_559_945_3
}
