//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Which hosts a partition cuts off from all others, clients included.
public enum NetworkPartitionShape: String, Sendable, Hashable, CaseIterable {
  /// Each host is on either side with equal probability.
  case randomHalves
  /// One side has 1…n-1 of the n hosts, each number equally likely.
  case uniformSize
  /// One process alone.
  case isolateOne
  /// Random halves, but cut in one direction only: what comes back still arrives.
  case oneWay
  /// All processes of one zone.
  case zone
  /// All processes of one data centre.
  case datacenter
}
