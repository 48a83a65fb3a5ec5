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
public import MoonpoolRunner

/// A campaign that has not come to its end, taken over by the calling process.
public struct UnfinishedCampaign: Sendable {
  /// Its number.
  public let id: CampaignHistory.CampaignID
  /// Where it goes on.
  public let checkpoint: CampaignCheckpoint
  /// Whether it is to run what has failed before, and hasn't yet.
  public let wantsRegressions: Bool
}

/// Whether a campaign can go on.
public enum ResumeAnswer: Sendable {
  /// It can, and is the calling process's now.
  case campaign(UnfinishedCampaign)
  /// There is none that has not come to its end.
  case nothing
  /// The process that runs it is alive.
  case running(pid: Int)
  /// It was another executable's: seeds mean something else in this one.
  case otherExecutable
}

extension CampaignHistory {
  /// Takes over the last campaign of a scenario that has not come to its end.
  public func resume(
    _ scenario: String, _ surroundings: Surroundings
  ) throws(HistoryError) -> ResumeAnswer {
    try write { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT id, owner, executable, wantsRegressions, state FROM campaign
          JOIN checkpoint ON campaign = id WHERE scenario = ? ORDER BY id DESC
          """, arguments: [scenario])
      // Others may be on their way at the same time.
      guard let row = rows.first(where: { Surroundings.living($0["owner"]) == nil }) else {
        return rows.first.flatMap { Surroundings.living($0["owner"]) }.map { .running(pid: $0) }
          ?? .nothing
      }
      guard row["executable"] == surroundings.executable else { return .otherExecutable }
      let bytes: Data = row["state"]
      let checkpoint = try BinaryCodec().decode(CampaignCheckpoint.self, from: Array(bytes))
      let id: Int64 = row["id"]
      try db.execute(
        sql: "UPDATE campaign SET owner = ? WHERE id = ?", arguments: [Surroundings.owner, id])
      return .campaign(
        UnfinishedCampaign(
          id: id, checkpoint: checkpoint,
          wantsRegressions: row["wantsRegressions"] && checkpoint.regressions == nil))
    }
  }
}
