//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What production code says for simulations to use: their bodies stand in `benchmarks`.
///
/// Source: peers.md and the issue: the Rust ancestor takes 7.5 ns for `assert_always`, 12.7 for
/// `assert_sometimes`, 36 and 40 with 100 sites before them, 3.2 for `buggify` when off and 21.5
/// when armed.
extension Workload {
  /// An assertion that holds, after the first time.
  static let assertAlways = Workload("assert-always", per: "call", count: 30_000_000, body: nil)

  /// The same, in a simulation that has evaluated a hundred others.
  static let assertAlwaysOf100 = Workload(
    "assert-always-of-100", per: "call", count: 30_000_000, body: nil)

  /// A `sometimes` that holds.
  static let assertSometimes = Workload(
    "assert-sometimes", per: "call", count: 30_000_000, body: nil)

  /// A value that is compared, and noted if it is nearer than all before.
  static let assertNumber = Workload("assert-number", per: "call", count: 30_000_000, body: nil)

  /// A place in a simulation that has no faults.
  static let buggifyOff = Workload("buggify-off", per: "call", count: 30_000_000, body: nil)

  /// A place that is armed, and fires at a quarter of its visits.
  static let buggifyArmed = Workload("buggify-armed", per: "call", count: 10_000_000, body: nil)
}
