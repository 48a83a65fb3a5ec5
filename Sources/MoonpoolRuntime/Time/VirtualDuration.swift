//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolRuntime

extension Duration {
  /// Whole nanoseconds, clamped to 0 … `UInt64.max`.
  package var clampedNanoseconds: UInt64 {
    let words = unsafeBitCast(self, to: (UInt64, UInt64).self)
    return mp_attoseconds_to_ns(words.0, words.1)
  }

  /// A duration from a count of nanoseconds.
  package init(nanoseconds: UInt64) {
    self.init(attoseconds: Int128(nanoseconds) * 1_000_000_000)
  }

  /// Seconds with as many digits as it takes, at least one after the point: `12.4s`, `0.00002s`.
  package var secondsText: String {
    let nanoseconds = clampedNanoseconds
    var digits = String(nanoseconds % 1_000_000_000)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    return "\(nanoseconds / 1_000_000_000).\(digits)s"
  }
}
