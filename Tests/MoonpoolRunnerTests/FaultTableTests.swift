//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import MoonpoolRunner
import MoonpoolSim
import Testing

/// What is counted of faults.
@Suite struct FaultTableTests {
  @Test(arguments: [(1, 0), (0, 1), (1, 1)])
  func whatDidNotStrikeHadNoEffect(pauses: Int, slowdowns: Int) {
    var report = PlantedScenarios.trivial.run(seed: 1)
    report.processes.pauses = pauses
    report.processes.slowdowns = slowdowns
    report.processes.delayedJobs = 5
    let counts = Dictionary(
      uniqueKeysWithValues: zip(FaultTable.names, FaultTable.counts(of: report)))
    #expect(counts["process.pause"]! == (pauses, 5 * pauses))
    #expect(counts["process.slowness"]! == (slowdowns, 5 * slowdowns))
  }
}
