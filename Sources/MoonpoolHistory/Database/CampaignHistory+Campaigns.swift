//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Foundation
internal import GRDB
internal import MoonpoolAssertions
internal import MoonpoolCore
public import MoonpoolRunner
internal import MoonpoolRuntime

extension CampaignHistory {
  /// How many campaigns of a scenario that have not come to their ends can be resumed.
  private static let keptCheckpoints = 8

  /// Notes that a campaign begins.
  ///
  /// - Parameters:
  ///   - start: Its beginning.
  ///   - wantsRegressions: Whether it first runs what has failed before.
  /// - Returns: The campaign's number.
  public func begin(
    _ start: CampaignCheckpoint, _ surroundings: Surroundings, wantsRegressions: Bool = false
  ) throws(HistoryError) -> CampaignID {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO campaign (scenario, startedAt, revision, isDirty, configuration, executable,
            machine, owner, plan, wantsRegressions)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          start.scenario, Self.now, surroundings.revision, surroundings.isDirty,
          surroundings.configuration, surroundings.executable, surroundings.machine,
          Surroundings.owner, start.seeds.text, wantsRegressions,
        ])
      let id = db.lastInsertedRowID
      try Self.save(start, as: id, db)
      try db.execute(
        sql: """
          DELETE FROM checkpoint WHERE campaign IN (
            SELECT id FROM campaign JOIN checkpoint ON campaign = id WHERE scenario = ?
            ORDER BY id DESC LIMIT -1 OFFSET ?)
          """, arguments: [start.scenario, Self.keptCheckpoints])
      return id
    }
  }

  /// Keeps what a campaign knows: its failures so far, and where it can go on.
  public func save(
    _ checkpoint: CampaignCheckpoint, as id: CampaignID
  ) throws(HistoryError) {
    try write { db in try Self.save(checkpoint, as: id, db) }
  }

  /// Keeps what a campaign that has come to an end found. It can be resumed only if it was
  /// interrupted.
  public func finish(_ id: CampaignID, _ report: CampaignReport) throws(HistoryError) {
    try write { db in
      try db.execute(
        sql: """
          UPDATE campaign SET endedAt = ?, seedCount = ?, passedCount = ?, missedCount = ?,
            unrepeatableCount = ?, virtualTime = ?, wallTime = ?, stopReason = ?, hasPassed = ?
          WHERE id = ?
          """,
        arguments: [
          Self.now, Int64(clamping: report.seedCount), Int64(clamping: report.passedCount),
          report.missed.count, report.unrepeatable.count, report.virtualTime.stored,
          report.wallTime.stored, report.stopReason.rawValue, report.passed, id,
        ])
      try Self.save(report.failures, report.scenario, in: id, db)
      try Self.save(report.assertions, report.faults, in: id, db)
      if report.stopReason != .interrupted {
        try db.execute(sql: "DELETE FROM checkpoint WHERE campaign = ?", arguments: [id])
      }
    }
  }

  private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

  private static func save(
    _ checkpoint: CampaignCheckpoint, as id: CampaignID, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE campaign SET seedCount = ?, passedCount = ?, virtualTime = ?, wallTime = ?
        WHERE id = ?
        """,
      arguments: [
        Int64(clamping: checkpoint.seedCount), Int64(clamping: checkpoint.passedCount),
        checkpoint.virtualTime.stored, checkpoint.wallTime.stored, id,
      ])
    try save(checkpoint.failures, checkpoint.scenario, in: id, db)
    try db.execute(
      sql: "INSERT OR REPLACE INTO checkpoint (campaign, state) VALUES (?, ?)",
      arguments: [id, Data(try BinaryCodec().encode(checkpoint))])
  }

  private static func save(
    _ failures: [FailureGroup], _ scenario: String, in id: CampaignID, _ db: Database
  ) throws {
    for group in failures {
      let kind = try db.kind(scenario, group.signature)
      try db.execute(
        sql: "INSERT OR REPLACE INTO failure (campaign, kind, count, summary) VALUES (?, ?, ?, ?)",
        arguments: [id, kind, Int64(clamping: group.count), group.details.summary])
      try db.attempt(group.fastest, in: id, kind: kind, virtualTime: group.fastestTime)
      for member in group.members {
        try db.attempt(member.recipe, in: id, kind: kind, virtualTime: member.time)
      }
    }
  }

  private static func save(
    _ assertions: [AssertionRecord], _ faults: [FaultCount], in id: CampaignID, _ db: Database
  ) throws {
    for record in assertions {
      try db.execute(
        sql: "INSERT OR REPLACE INTO assertion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          id, "\(record.site.kind)", record.site.message, record.site.file, record.site.line,
          Int64(clamping: record.passes), Int64(clamping: record.fails),
          Int64(clamping: record.runs), record.status.rawValue,
        ])
    }
    for fault in faults {
      try db.execute(
        sql: "INSERT OR REPLACE INTO fault VALUES (?, ?, ?, ?)",
        arguments: [
          id, fault.family, Int64(clamping: fault.fired), Int64(clamping: fault.effective),
        ])
    }
  }
}
