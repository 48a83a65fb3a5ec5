//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import GRDB

extension CampaignHistory {
  private static let longestRecipes = 20

  /// The scenarios of which there are campaigns, by name.
  public func scenarios() throws(HistoryError) -> [String] {
    try read { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT scenario FROM campaign ORDER BY scenario")
    }
  }

  /// How a scenario went from commit to commit.
  ///
  /// - Parameter limit: How many commits and kinds at most, the latest first.
  public func trends(of scenario: String, limit: Int) throws(HistoryError) -> HistoryTrends {
    try read { db in
      HistoryTrends(
        scenario: scenario, revisions: try Self.revisions(scenario, limit, db),
        kinds: try Self.kinds(scenario, limit, db))
    }
  }

  private static func revisions(
    _ scenario: String, _ limit: Int, _ db: Database
  ) throws -> [HistoryTrends.Revision] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT revision, isDirty, configuration, \(time("MAX(startedAt)")) AS last,
          COUNT(*) AS campaigns, SUM(seedCount) AS seeds,
          SUM(seedCount - passedCount) AS failed, SUM(wallTime) AS wallTime,
          (SELECT COUNT(DISTINCT kind) FROM failure JOIN campaign AS other ON campaign = other.id
           WHERE other.scenario = campaign.scenario AND other.revision IS campaign.revision
             AND other.isDirty = campaign.isDirty
             AND other.configuration = campaign.configuration) AS kinds
        FROM campaign WHERE scenario = ? GROUP BY revision, isDirty, configuration
        ORDER BY MAX(id) DESC LIMIT ?
        """, arguments: [scenario, limit]
    ).map { row in
      let seeds: Int = row["seeds"]
      let seconds = (row["wallTime"] as Double) / 1e9
      return HistoryTrends.Revision(
        commit: row["revision"], isDirty: row["isDirty"], configuration: row["configuration"],
        last: row["last"], campaigns: row["campaigns"], seeds: seeds, failedSeeds: row["failed"],
        failingKinds: row["kinds"], seedsPerSecond: seconds > 0 ? Int(Double(seeds) / seconds) : 0)
    }
  }

  private static func kinds(
    _ scenario: String, _ limit: Int, _ db: Database
  ) throws -> [HistoryTrends.Kind] {
    // A kind is met by seeds, and by recipes that have failed before.
    try Row.fetchAll(
      db,
      sql: """
        WITH met AS (
          SELECT kind, campaign FROM failure UNION
          SELECT kind, campaign FROM attempt WHERE kind IS NOT NULL
        ), span AS (
          SELECT kind, MIN(campaign) AS first, MAX(campaign) AS last FROM met GROUP BY kind
        )
        SELECT kind.id, signature, a.revision AS firstRevision, \(time("a.startedAt")) AS first,
          b.revision AS lastRevision, \(time("b.startedAt")) AS last,
          (SELECT TOTAL(count) FROM failure WHERE failure.kind = kind.id) AS seeds
        FROM kind JOIN span ON span.kind = kind.id
          JOIN campaign AS a ON a.id = span.first JOIN campaign AS b ON b.id = span.last
        WHERE kind.scenario = ? ORDER BY span.last DESC, kind.id LIMIT ?
        """, arguments: [scenario, limit]
    ).map { row in
      HistoryTrends.Kind(
        signature: row["signature"], firstCommit: row["firstRevision"], first: row["first"],
        lastCommit: row["lastRevision"], last: row["last"],
        seeds: Int(row["seeds"] as Double), recipes: try recipes(row["id"], db))
    }
  }

  private static func recipes(
    _ kind: Int64, _ db: Database
  ) throws -> [HistoryTrends.FailedRecipe] {
    try Row.fetchAll(
      db,
      sql: """
        WITH own AS (
          SELECT recipe, MAX(campaign) AS last FROM attempt WHERE kind = ? GROUP BY recipe
        )
        SELECT text, configuration, attempt.virtualTime,
          (SELECT COUNT(*) FROM attempt WHERE recipe = id AND kind IS NOT NULL) AS failed,
          (SELECT COUNT(*) FROM attempt WHERE recipe = id AND kind IS NULL) AS passed,
          (SELECT MIN(campaign) FROM attempt WHERE recipe = id AND kind IS NULL AND campaign >
            (SELECT MAX(campaign) FROM attempt WHERE recipe = id AND kind IS NOT NULL)) AS since
        FROM recipe JOIN own ON own.recipe = id
          JOIN attempt ON attempt.recipe = id AND attempt.campaign = own.last
        ORDER BY own.last DESC, id LIMIT ?
        """, arguments: [kind, longestRecipes]
    ).map { row in
      let since: Int64? = row["since"]
      return HistoryTrends.FailedRecipe(
        recipe: row["text"], configuration: row["configuration"], failed: row["failed"],
        passed: row["passed"],
        passedSince: try since.flatMap {
          try String.fetchOne(
            db, sql: "SELECT revision FROM campaign WHERE id = ?", arguments: [$0])
        }, passes: since != nil, simTime: (row["virtualTime"] as Double) / 1e9)
    }
  }

  private static func time(_ column: String) -> String {
    "strftime('%Y-%m-%dT%H:%M:%SZ', \(column) / 1000, 'unixepoch')"
  }
}
