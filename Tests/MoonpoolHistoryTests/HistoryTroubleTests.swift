//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import GRDB
import MoonpoolHistory
import MoonpoolRunner
import MoonpoolRuntime
import Testing

/// Histories that cannot be used say why, and what to do.
@Suite struct HistoryTroubleTests {
  private let file = TemporaryFile()

  private func trouble(
    patience: Duration = .milliseconds(100), path: String? = nil
  ) throws -> HistoryError {
    let error = #expect(throws: HistoryError.self) {
      _ = try CampaignHistory(file: path ?? file.path, patience: patience)
    }
    let result = try #require(error)
    #expect(result.description.contains(path ?? file.path))
    #expect(!result.description.contains("\n"))
    #expect(result.description.contains("; "), "there is no next step")
    return result
  }

  private func makeHistory() throws {
    let history = try CampaignHistory(file: file.path)
    let campaign = Campaign(PlantedScenarios.trivial, seeds: SeedPlan(Seeds(1...2)))
    let surroundings = Surroundings(
      revision: nil, configuration: "debug", executable: "1f", machine: "here")
    let id = try history.begin(CampaignCheckpoint(beginningOf: campaign), surroundings)
    try history.finish(id, campaign.run())
  }

  @Test func bytesThatAreNoDatabase() throws {
    try FileManager.default.createDirectory(at: file.folder, withIntermediateDirectories: true)
    try Data("this is no database, by any means".utf8).write(to: URL(filePath: file.path))
    #expect(try trouble().code == .damaged)
  }

  @Test func pagesThatWereOverwritten() throws {
    try makeHistory()
    var bytes = try Data(contentsOf: URL(filePath: file.path))
    // All but the head, so that it still looks like a database.
    for index in 100..<bytes.count { bytes[index] = 0xa5 }
    try bytes.write(to: URL(filePath: file.path))
    #expect(try trouble().code == .damaged)
  }

  @Test func aHistoryThatBreaksLater() throws {
    let history = try CampaignHistory(file: file.path)
    let other = try DatabaseQueue(path: file.path)
    try other.write { try $0.execute(sql: "DROP TABLE attempt; DROP TABLE recipe") }
    let error = #expect(throws: HistoryError.self) {
      _ = try history.recipesThatFailed(in: "trivial", configuration: "debug")
    }
    #expect(error?.code == .unavailable)
  }

  @Test func aFolderInItsPlace() throws {
    try FileManager.default.createDirectory(
      atPath: file.path, withIntermediateDirectories: true)
    #expect(try trouble().code == .unavailable)
  }

  @Test(arguments: ["/proc/history.sqlite", "/proc/none/history.sqlite", "/dev/null/h.sqlite"])
  func whereNothingCanBeWritten(path: String) throws {
    #expect(try trouble(path: path).code == .unavailable)
  }

  @Test func aLaterVersionsFile() throws {
    try makeHistory()
    let later = try DatabaseQueue(path: file.path)
    try later.write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('1000')")
    }
    #expect(try trouble().code == .newer)
  }

  @Test func anotherProgramsDatabase() throws {
    try FileManager.default.createDirectory(at: file.folder, withIntermediateDirectories: true)
    let other = try DatabaseQueue(path: file.path)
    try other.write { try $0.execute(sql: "CREATE TABLE customer (id INTEGER)") }
    #expect(try trouble().code == .foreign)
    #expect(try other.read { try $0.tableExists("campaign") } == false)
  }

  @Test func aFileThatSomebodyKeepsLocked() throws {
    try makeHistory()
    let other = try DatabaseQueue(path: file.path)
    try other.inDatabase { db in
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
    }
    #expect(try trouble().code == .locked)
    try other.close()
    _ = try CampaignHistory(file: file.path)
  }

  @Test func aWriterThatDoesNotEnd() throws {
    try makeHistory()
    let history = try CampaignHistory(file: file.path, patience: .milliseconds(100))
    let campaign = Campaign(PlantedScenarios.trivial, seeds: SeedPlan(Seeds(1...2)))
    let surroundings = Surroundings(
      revision: nil, configuration: "debug", executable: "1f", machine: "here")
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: file.path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    let error = #expect(throws: HistoryError.self) {
      _ = try history.begin(CampaignCheckpoint(beginningOf: campaign), surroundings)
    }
    #expect(error?.code == .locked)
    try other.inDatabase { try $0.execute(sql: "COMMIT") }
    _ = try history.begin(CampaignCheckpoint(beginningOf: campaign), surroundings)
  }

  @Test func twoProcessesLoseNothing() throws {
    let host = Bundle.main.executableURL!.deletingLastPathComponent().appending(
      path: "campaign-host")
    // Each makes the file if it is the first.
    let writers = try (0..<2).map { number in
      let process = Process()
      process.executableURL = host
      process.arguments = ["write-history", file.path, "\(number)"]
      try process.run()
      return process
    }
    for writer in writers {
      writer.waitUntilExit()
      #expect(writer.terminationStatus == 0)
    }
    let database = try DatabaseQueue(path: file.path)
    let expected = [
      "campaign WHERE hasPassed = 0 AND seedCount = 13": 400,
      "campaign WHERE machine = 'writer 0'": 200, "failure": 800, "attempt": 1_200,
      "assertion": 1_600, "recipe": 3,
    ]
    try database.read { db in
      for (rows, count) in expected {
        let found = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \(rows)")
        #expect(found == count, "\(rows)")
      }
      let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check")
      #expect(verdict == "ok")
    }
  }
}
