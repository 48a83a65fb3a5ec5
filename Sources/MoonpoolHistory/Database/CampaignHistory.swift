//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Foundation
internal import GRDB
internal import MoonpoolCore
internal import MoonpoolRunner
internal import MoonpoolRuntime

/// What campaigns found, in a database beside the project.
///
/// Several processes may write at the same time: each change is one transaction, and who comes
/// second waits. The file is one of SQLite, in its write-ahead mode.
public final class CampaignHistory: Sendable {
  /// The number of a campaign in the file.
  public typealias CampaignID = Int64

  /// Where the database is.
  public let file: String
  private let queue: DatabaseQueue

  /// Opens a history, and makes it if there is none.
  ///
  /// - Parameter patience: How long to wait for other processes, in real time.
  public init(file: String, patience: Duration = .seconds(5)) throws(HistoryError) {
    self.file = file
    do { queue = try Self.open(file, patience) } catch { throw HistoryError(error, file) }
  }

  private static func open(_ file: String, _ patience: Duration) throws -> DatabaseQueue {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw HistoryError(
        .unavailable, file, "there is no folder \(folder.path), and none can be made")
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience / .seconds(1))
    configuration.journalMode = .wal
    let deadline = ContinuousClock.now + patience
    var tries = 0
    while true {
      do {
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        try queue.read { try HistorySchema.check($0, file) }
        try HistorySchema.migrator.migrate(queue)
        return queue
      } catch let error as DatabaseError {
        // Two that make it at the same time get into each other's way, once.
        tries += 1
        let isClash = [.SQLITE_ERROR, .SQLITE_CONSTRAINT].contains(error.resultCode) && tries < 5
        let isBusy = error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
        guard isClash || isBusy else { throw error }
        usleep(10_000)
      }
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(HistoryError) -> Value {
    do { return try queue.read(body) } catch { throw HistoryError(error, file) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(HistoryError) -> Value {
    do { return try queue.write(body) } catch { throw HistoryError(error, file) }
  }
}

extension Database {
  /// The kind with this signature; a new one if there is none.
  func kind(_ scenario: String, _ signature: FailureSignature) throws -> Int64 {
    try execute(
      sql: "INSERT OR IGNORE INTO kind (scenario, signature) VALUES (?, ?)",
      arguments: [scenario, "\(signature)"])
    return try Int64.fetchOne(
      self, sql: "SELECT id FROM kind WHERE scenario = ? AND signature = ?",
      arguments: [scenario, "\(signature)"])!
  }

  /// Notes what became of a recipe.
  ///
  /// - Parameter kind: How it failed; nil: it passed.
  func attempt(
    _ recipe: Recipe, in campaign: Int64, kind: Int64?, virtualTime: Duration
  ) throws {
    try execute(
      sql: """
        INSERT OR IGNORE INTO recipe (scenario, configuration, text)
        SELECT scenario, configuration, ? FROM campaign WHERE id = ?
        """, arguments: ["\(recipe)", campaign])
    try execute(
      sql: """
        INSERT OR REPLACE INTO attempt (recipe, campaign, kind, virtualTime)
        SELECT recipe.id, campaign.id, ?, ? FROM campaign
        JOIN recipe USING (scenario, configuration) WHERE campaign.id = ? AND text = ?
        """, arguments: [kind, virtualTime.stored, campaign, "\(recipe)"])
  }
}

extension Duration {
  /// As tables have it: nanoseconds.
  var stored: Int64 { Int64(clamping: clampedNanoseconds) }
}
