//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
public import MoonpoolSim

/// A client tells how many of its operations have succeeded. A run in which none has proves
/// nothing.
public struct WorkDone: NodeEvent {
  /// How many.
  public var count: Int
}

extension SimulationReport {
  /// How many operations of all clients have succeeded, as far as they have told.
  public var workDone: Int {
    timeline.reduce(0) { $0 + (($1.value as? WorkDone)?.count ?? 0) }
  }
}
