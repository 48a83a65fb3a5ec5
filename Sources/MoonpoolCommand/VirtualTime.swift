//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Virtual times as people write them.
enum VirtualTime {
  private static let units: [(suffix: String, nanoseconds: UInt64)] = [
    ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("min", 60_000_000_000),
    ("s", 1_000_000_000), ("h", 3_600_000_000_000),
  ]

  /// Reads `1.5`, which is seconds, `20ms`, `3us`, `17ns`, `2min` or `1h`; nil if it is none of
  /// these, or longer than a run can be. Parts of a nanosecond are left out.
  static func parse(_ text: String) -> Duration? {
    let unit = units.first { text.hasSuffix($0.suffix) }
    let parts = text.dropLast(unit?.suffix.count ?? 0)
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let factor = unit?.nanoseconds ?? 1_000_000_000
    let isNumber = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
    }
    guard isNumber, let whole = UInt64(parts[0]) else { return nil }
    var (nanoseconds, isOver) = whole.multipliedReportingOverflow(by: factor)
    if isOver || nanoseconds > UInt64(Int64.max) { return nil }
    var place = factor
    for digit in parts.dropFirst().first ?? "" {
      place /= 10
      nanoseconds += UInt64(digit.wholeNumberValue ?? 0) * place
    }
    return .nanoseconds(Int64(clamping: nanoseconds))
  }
}
