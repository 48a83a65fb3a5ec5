//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What others need for the same workload, and what we want to need.
///
/// Source: peers.md, sections 2 and 6: minimum of seven runs, processor time, on this kind of
/// machine (AMD EPYC, KVM). Instructions by callgrind.
struct Published {
  /// Nanoseconds per operation.
  var moonpool: Double?
  var madsim: Double?
  var turmoil: Double?
  /// Instructions per operation of Rust moonpool, or of the fastest peer that is not moonpool.
  var moonpoolInstructions: Double?
  var madsimInstructions: Double?
  /// What this project accepts, in nanoseconds per operation.
  var target: Double?
}

extension Published {
  /// By name of the workload. A channel's round trip is two operations of `continuation`, so its
  /// figures are halved.
  static let all: [String: Published] = [
    "spawn-join": Published(moonpool: 280.7, madsim: 464, moonpoolInstructions: 1_766, target: 290),
    "spawn-join-detached": Published(
      moonpool: 280.7, madsim: 464, moonpoolInstructions: 1_766, target: 290),
    "spawn-batch": Published(moonpool: 208.8),
    "yield": Published(moonpool: 55.1, moonpoolInstructions: 337, target: 150),
    "continuation": Published(moonpool: 125.2, madsim: 163, moonpoolInstructions: 837, target: 100),
    "sleep-task": Published(
      moonpool: 421, madsim: 234, turmoil: 217, moonpoolInstructions: 3_368,
      madsimInstructions: 1_703, target: 400),
    "sleep-clock": Published(
      moonpool: 421, madsim: 234, turmoil: 217, moonpoolInstructions: 3_368,
      madsimInstructions: 1_703, target: 200),
    "decision": Published(moonpool: 5.6, target: 2),
    "decision-range": Published(moonpool: 6.8),
    "empty-simulation": Published(moonpool: 45_700, moonpoolInstructions: 515_800, target: 15_000),
    "tcp-pingpong": Published(
      moonpool: 1_472, madsim: 1_056, turmoil: 2_674, moonpoolInstructions: 18_311,
      madsimInstructions: 11_119, target: 600),
    "tcp-pingpong-100": Published(
      moonpool: 2_007, madsim: 1_113, turmoil: 129_650, moonpoolInstructions: 26_473, target: 650),
    "tcp-bulk": Published(
      moonpool: 3_000_000, turmoil: 38_000, moonpoolInstructions: 59_400_000, target: 122_070),
    "rpc-64": Published(
      moonpool: 6_866, madsim: 2_247, moonpoolInstructions: 128_020, madsimInstructions: 21_390,
      target: 2_200),
    "rpc-64-1024": Published(moonpool: 8_755, target: 2_200),
    "rpc-4k": Published(moonpool: 28_564, target: 4_000),
    "storage-4k": Published(moonpool: 1_275, moonpoolInstructions: 15_962, target: 500),
    "seed-100-calls": Published(
      moonpool: 546_000, madsim: 158_000, turmoil: 485_000, moonpoolInstructions: 6_230_000,
      madsimInstructions: 1_500_000, target: 110_000),
    "seed-100-calls-chaos": Published(
      moonpool: 868_000, moonpoolInstructions: 9_250_000, target: 250_000),
    "assert-always": Published(moonpool: 7.5, target: 3),
    "assert-always-of-100": Published(moonpool: 36, target: 3),
    "assert-sometimes": Published(moonpool: 12.7, target: 3),
    "buggify-off": Published(moonpool: 3.2, target: 1),
    "buggify-armed": Published(moonpool: 21.5, target: 6),
  ]
}
