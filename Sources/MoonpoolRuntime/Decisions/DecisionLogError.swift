//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What is wrong with the text of a decision log.
public struct DecisionLogError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The number of the line, from 1.
  public var line: Int
  /// What is wrong there, and what belongs there.
  public var reason: String

  /// One line: where, what, and what to write instead.
  public var description: String { "malformed decision log, line \(line): \(reason)" }
}

extension DecisionLog {
  /// The version of both written forms.
  static let version = 1

  /// Reads the recipe of a log.
  static func recipe(_ text: some StringProtocol, line: Int) throws(DecisionLogError) -> Recipe {
    do throws(RecipeError) {
      return try Recipe(parsing: String(text))
    } catch {
      throw DecisionLogError(line: line, reason: error.description)
    }
  }

  /// Checks a version, so that a log of a later version is refused and not misread.
  static func check(version: UInt64, line: Int) throws(DecisionLogError) {
    guard version != Self.version else { return }
    let reason = "the log has version \(version) and this Moonpool reads version \(Self.version)"
    throw DecisionLogError(line: line, reason: reason)
  }

  /// Appends one decision that was read, if it can be one.
  mutating func append(
    from stream: StreamKey, task: UInt64, bound: UInt64, value: UInt64, index: inout StreamIndex,
    line: Int
  ) throws(DecisionLogError) {
    guard bound == 0 || value < bound else {
      let reason = "the value \(value) is no choice among \(bound); it must be less"
      throw DecisionLogError(line: line, reason: reason)
    }
    guard let task = UInt32(exactly: task) else {
      throw DecisionLogError(line: line, reason: "there is no task \(task); tasks have 32 bits")
    }
    append(from: stream, task: task, bound: bound, value: value, index: &index)
  }
}

extension StringProtocol {
  /// The lines with their numbers from 1, without line ends and without empty lines.
  var numberedLines: [(number: Int, text: SubSequence.SubSequence)] {
    var lines: [(number: Int, text: SubSequence.SubSequence)] = []
    var number = 0
    for line in split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      if line.contains(where: { !$0.isWhitespace }) { lines.append((number, line[...])) }
    }
    return lines
  }
}
