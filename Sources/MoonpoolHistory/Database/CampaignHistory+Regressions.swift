//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import GRDB
public import MoonpoolRunner
public import MoonpoolRuntime

extension CampaignHistory {
  /// Every recipe that ever failed in a scenario, the one that failed last first.
  ///
  /// - Parameter configuration: The build that they failed in: see ``Surroundings/configuration``.
  public func recipesThatFailed(
    in scenario: String, configuration: String
  ) throws(HistoryError) -> [Recipe] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT text FROM recipe JOIN attempt ON recipe = id
          WHERE scenario = ? AND configuration = ? AND kind IS NOT NULL
          GROUP BY id ORDER BY MAX(campaign) DESC, id
          """, arguments: [scenario, configuration]
      ).compactMap { try? Recipe(parsing: $0) }
    }
  }

  /// Notes what became of recipes that had failed before.
  public func save(
    regressions outcomes: [SeedOutcome], of scenario: String, in id: CampaignID
  ) throws(HistoryError) {
    try write { db in
      for outcome in outcomes {
        let kind = try outcome.failure.map { try db.kind(scenario, $0.signature) }
        try db.attempt(outcome.recipe, in: id, kind: kind, virtualTime: outcome.virtualTime)
      }
    }
  }
}
