//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRunner

extension CampaignReport {
  /// What the campaign of the calling test has found, if a ``ScenarioTrait`` of the test or its
  /// suite has run one; else nil.
  public static var current: CampaignReport? { CurrentCampaign.report }
}

/// The test's campaign, for whatever its body calls.
enum CurrentCampaign {
  @TaskLocal static var report: CampaignReport?
}
