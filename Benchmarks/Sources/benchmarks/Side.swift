//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where a workload runs.
enum Side: String, CaseIterable {
  /// In a simulation with the uniform strategy, in which a call to an idle actor runs inline, as it
  /// does on the stock executor.
  case sim
  /// In a simulation in which every such call is a scheduling point.
  case hops
  /// On the stock global executor, in an executable that does not contain Moonpool.
  case stock
  /// On the stock global executor, in an executable that does contain it. No simulation runs.
  case routed
}
