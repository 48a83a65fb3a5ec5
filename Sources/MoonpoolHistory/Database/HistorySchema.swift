//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import GRDB

/// The tables, and how they came to be: a migration for each version.
enum HistorySchema {
  /// Says in the file whose it is: "MOON".
  static let applicationID = 0x4d4f_4f4e

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1", migrate: createTables)
    return migrator
  }()

  /// Refuses what this version cannot read.
  static func check(_ db: Database, _ file: String) throws {
    let tables = try Int.fetchOne(
      db, sql: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'grdb_%'")
    let owner = try Int.fetchOne(db, sql: "PRAGMA application_id")
    if tables ?? 0 > 0, owner != applicationID { throw HistoryError(.foreign, file) }
    if try migrator.hasBeenSuperseded(db) { throw HistoryError(.newer, file) }
  }

  private static func createTables(_ db: Database) throws {
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    for tables in [campaignTables, failureTables, countTables] { try db.execute(sql: tables) }
  }

  private static let campaignTables = """
    -- Times are milliseconds since 1970, durations nanoseconds.
    CREATE TABLE campaign (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      scenario TEXT NOT NULL,
      startedAt INTEGER NOT NULL,
      endedAt INTEGER,
      revision TEXT,              -- what git has checked out; NULL: no git
      isDirty INTEGER NOT NULL,
      configuration TEXT NOT NULL,
      executable TEXT NOT NULL,   -- a hash of the file
      machine TEXT NOT NULL,
      owner TEXT NOT NULL,        -- the process that runs it
      plan TEXT NOT NULL,
      wantsRegressions INTEGER NOT NULL,
      seedCount INTEGER NOT NULL DEFAULT 0,
      passedCount INTEGER NOT NULL DEFAULT 0,
      missedCount INTEGER NOT NULL DEFAULT 0,
      unrepeatableCount INTEGER NOT NULL DEFAULT 0,
      virtualTime INTEGER NOT NULL DEFAULT 0,
      wallTime INTEGER NOT NULL DEFAULT 0,
      stopReason TEXT,            -- NULL: it hasn't ended
      hasPassed INTEGER
    ) STRICT;
    CREATE INDEX campaignByScenario ON campaign(scenario);

    -- Where campaigns that haven't come to their ends can go on.
    CREATE TABLE checkpoint (
      campaign INTEGER PRIMARY KEY REFERENCES campaign(id) ON DELETE CASCADE,
      state BLOB NOT NULL
    ) STRICT;
    """

  private static let failureTables = """
    CREATE TABLE kind (
      id INTEGER PRIMARY KEY,
      scenario TEXT NOT NULL,
      signature TEXT NOT NULL,
      UNIQUE (scenario, signature)
    ) STRICT;

    -- What a campaign saw of a kind.
    CREATE TABLE failure (
      campaign INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
      kind INTEGER NOT NULL REFERENCES kind(id),
      count INTEGER NOT NULL,
      summary TEXT NOT NULL,
      PRIMARY KEY (campaign, kind)
    ) STRICT;

    -- Recipes that have failed. They belong to a build: debug and release run other seeds.
    CREATE TABLE recipe (
      id INTEGER PRIMARY KEY,
      scenario TEXT NOT NULL,
      configuration TEXT NOT NULL,
      text TEXT NOT NULL,
      UNIQUE (scenario, configuration, text)
    ) STRICT;

    -- What became of such a recipe in a campaign.
    CREATE TABLE attempt (
      recipe INTEGER NOT NULL REFERENCES recipe(id),
      campaign INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
      kind INTEGER REFERENCES kind(id),  -- NULL: it passed
      virtualTime INTEGER NOT NULL,
      PRIMARY KEY (recipe, campaign)
    ) STRICT;
    """

  private static let countTables = """
    CREATE TABLE assertion (
      campaign INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      message TEXT NOT NULL,
      file TEXT NOT NULL,
      line INTEGER NOT NULL,
      passes INTEGER NOT NULL,
      fails INTEGER NOT NULL,
      runs INTEGER NOT NULL,
      status TEXT NOT NULL,
      PRIMARY KEY (campaign, file, line, message, kind)
    ) STRICT;

    CREATE TABLE fault (
      campaign INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
      family TEXT NOT NULL,
      fired INTEGER NOT NULL,
      effective INTEGER NOT NULL,
      PRIMARY KEY (campaign, family)
    ) STRICT;
    """
}
