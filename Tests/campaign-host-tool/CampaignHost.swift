//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import MoonpoolRunner

/// What campaigns of the tests start as their workers.
@main
struct CampaignHost {
  static func main() {
    ProcessDeath.arm()
    CampaignWorker.serve(PlantedScenarios.all)
    print("campaign-host is for campaigns to start")
  }
}
