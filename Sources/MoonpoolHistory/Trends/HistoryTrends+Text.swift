//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Foundation
internal import MoonpoolRunner

extension HistoryTrends {
  /// The trends as text for people, with a line feed at the end of each line.
  public var text: String {
    var lines = ["\(scenario)", ""] + revisionTable + [""]
    if !kinds.isEmpty { lines += kindTable + [""] }
    return lines.map { "\($0)\n" }.joined()
  }

  /// Several as JSON, with the version of its form.
  public static func json(_ trends: [HistoryTrends]) -> String {
    struct Document: Encodable {
      var version = 1
      var scenarios: [HistoryTrends]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Nothing in it can fail to be encoded.
    let data = (try? encoder.encode(Document(scenarios: trends))) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  private var revisionTable: [String] {
    let rows = revisions.map { revision in
      [
        Self.short(revision.commit) + (revision.isDirty ? "+" : ""), revision.configuration,
        Self.minute(revision.last), UInt64(revision.campaigns).grouped,
        UInt64(revision.seeds).grouped, UInt64(revision.seedsPerSecond).grouped,
        UInt64(revision.failedSeeds).grouped, UInt64(revision.failingKinds).grouped,
      ]
    }
    return TextTable(
      heads: ["commit", "build", "last", "campaigns", "seeds", "seeds/s", "failed", "kinds"],
      rows: rows, rightAligned: [3, 4, 5, 6, 7]
    ).lines
  }

  private var kindTable: [String] {
    let rows = kinds.map { kind in
      [
        kind.signature, Self.short(kind.firstCommit), Self.short(kind.lastCommit),
        Self.minute(kind.last), UInt64(kind.seeds).grouped, kind.state,
      ]
    }
    return TextTable(
      heads: ["kind of failure", "first", "last", "", "seeds", "now"], rows: rows,
      rightAligned: [4]
    ).lines
  }

  /// As much of a commit's name as people use.
  private static func short(_ commit: String?) -> String {
    commit.map { String($0.prefix(9)) } ?? "-"
  }

  /// `2026-11-21 20:05`.
  private static func minute(_ time: String) -> String {
    time.prefix(16).split(separator: "T").joined(separator: " ")
  }
}

extension HistoryTrends.Kind {
  /// What its recipes did when they were last run.
  fileprivate var state: String {
    let failing = recipes.filter { !$0.passes }.count
    if failing > 0 || recipes.isEmpty { return "fails" }
    return recipes[0].passedSince.map { "passes since \($0.prefix(9))" } ?? "passes"
  }
}
