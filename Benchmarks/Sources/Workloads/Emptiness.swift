//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Workload {
  /// Many simulations in a row whose body returns at once, on one simulation thread: made, run,
  /// torn down.
  ///
  /// Source: peers.md, workload e0 (`emptyseeds 10000`). Exists only in a simulation.
  static let emptySimulation = Workload(
    "empty-simulation", per: "simulation", count: 10_000, body: nil)

  /// The same, but each simulation is a call of its own and has a thread of its own.
  static let emptySimulationAlone = Workload(
    "empty-simulation-alone", per: "simulation", count: 2_000, body: nil)
}
