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
    let struck = Dictionary(
      uniqueKeysWithValues: FaultTable.struck(in: report).map { (FaultTable.names[$0.family], $0) })
    for (name, count) in [("process.pause", pauses), ("process.slowness", slowdowns)] {
      #expect(struck[name].map { Int($0.fired) } == (count > 0 ? count : nil))
      #expect(struck[name].map { Int($0.effective) } == (count > 0 ? 5 * count : nil))
    }
  }
}
