//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// Campaigns whose reports have everything that a report can have.
enum SampleReports {
  /// Failures, missed assertions, values out of the ordinary.
  static func broken() throws -> CampaignReport { try brokenOnce.get() }
  private static let brokenOnce = Result {
    try campaign(PlantedScenarios.planted(.broken), 0...39)
  }

  /// All kinds of assertions, and faults with and without effects.
  static func chaotic() throws -> CampaignReport { try campaign(PlantedScenarios.chaotic, 1...6) }

  static func green() throws -> CampaignReport {
    try campaign(PlantedScenarios.planted(.fixed), 1...3)
  }

  static func campaign(
    _ scenario: Scenario, _ seeds: ClosedRange<UInt64>
  ) throws -> CampaignReport {
    var report = try Campaign(scenario, seeds: SeedPlan(Seeds(seeds))).run()
    report.wallTime = .milliseconds(1_500)
    return report
  }
}
