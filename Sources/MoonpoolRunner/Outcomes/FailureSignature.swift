//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// What makes two failures the same: the verdict, and what was wrong, without the numbers that
/// differ from seed to seed.
public struct FailureSignature: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The verdict's name, such as `deadlocked`.
  public var verdict: String
  /// The violated property and its place; a trap's message and function; what tasks wait for, and
  /// where.
  public var cause: String

  public var description: String { cause.isEmpty ? verdict : "\(verdict): \(cause)" }

  init(verdict: String, cause: String) {
    self.verdict = verdict
    self.cause = cause
  }

  /// The signature of a run; nil if it passed.
  init?(_ report: RunReport) {
    if report.passed { return nil }
    let cause = Self.cause(of: report.verdict).prefix(FailureDetails.longestText)
    self.init(verdict: report.verdict.name, cause: String(cause))
  }

  private static func cause(of verdict: Verdict) -> String {
    switch verdict {
    case .passed: ""
    case .threw(let thrown): "\(type(of: thrown.error)): \(withoutNumbers("\(thrown.error)"))"
    case .violated(let violation):
      violation.property + (violation.place.map { " (\($0))" } ?? "")
    case .crashed(let crash): withoutNumbers(crash.message) + place(crash.frames)
    case .deadlocked(let waits), .timedOut(let waits), .leaked(let waits): shape(of: waits)
    // What a task that runs on and on is waiting for just then is nothing to go by.
    case .livelocked(let waits): shape(of: waits, byPlaceAlone: true)
    case .hung(let hang): withoutNumbers(hang.frames.first ?? "")
    case .uncontrolled(let incident): incident.api.name + place(incident.frames)
    case .diverged: "another decision"
    case .refused(let reason): reason
    }
  }

  private static func place(_ frames: [String]) -> String { frames.first.map { " at \($0)" } ?? "" }

  /// The different ways in which tasks wait, ordered: how many do, and which, differs.
  private static func shape(of waits: WaitReport, byPlaceAlone: Bool = false) -> String {
    // What the simulator itself is at then differs from seed to seed.
    let users = waits.tasks.filter { $0.task.node != "root" }
    let ways = (users.isEmpty ? waits.tasks : users).map { task in
      (byPlaceAlone ? "a task" : withoutNumbers("\(task.waitsFor)")) + place(task.frames)
    }
    return Set(ways).sorted().joined(separator: "; ")
  }

  /// The beginning of the text with `#` for each number, so that addresses, keys and counts make no
  /// difference.
  static func withoutNumbers(_ text: String) -> String {
    var result = ""
    var isInNumber = false
    for character in text.prefix(FailureDetails.longestText) {
      let isDigit = character.isASCII && character.isNumber
      if !isDigit { result.append(character) } else if !isInNumber { result.append("#") }
      isInNumber = isDigit
    }
    return result
  }
}
