//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// The way from one host to another. The way back is a link of its own.
struct Link: SlabElement {
  var generation: UInt32 = 0
  var next: Int32 = -1
  var from: Int32 = -1
  var to: Int32 = -1
  /// What decides its latencies and losses; made at its first use.
  var decisions: DecisionStream?
  /// Added to every latency: the distance of the two, the same for the whole run.
  var distance: UInt64 = 0
  /// When the last byte given to it has left, where bandwidth is limited.
  var busyUntil: UInt64 = 0
  /// Nothing arrives before this.
  var cloggedUntil: UInt64 = 0
  /// As far as this, a swizzle is what clogs it.
  var swizzledUntil: UInt64 = 0
  /// What is sent before this takes `slowness` times as long.
  var slowUntil: UInt64 = 0
  var slowness: UInt64 = 1
  /// What arrives next after this instant may have flipped bits; `.max`: nothing.
  var corruptAfter: UInt64 = .max
  /// Which set of partitions `isCut` was worked out for.
  var partitionEpoch: UInt32 = .max
  var isCut = false
}
