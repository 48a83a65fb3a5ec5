//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import MoonpoolCommand
import MoonpoolSim

/// What campaigns of the tests start as their workers, with a command line of its own.
@main
struct CampaignHost: SimulationSuite {
  static let scenarios: [Scenario] = {
    ProcessDeath.arm()
    return PlantedScenarios.all
  }()
}
