//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCommand
import MoonpoolSim
import TransportScenarios

/// The transport under faults, with a command line.
@main
struct TransportSimulations: SimulationSuite {
  static let scenarios = [TransportScenarios.reconnection, TransportScenarios.calls]
}
