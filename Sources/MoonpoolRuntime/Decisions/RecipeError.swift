//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What is wrong with the text of a recipe or of breakpoints.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text as it was given.
  public var text: String
  /// What the text should have been: `recipe` or `breakpoints`.
  public var kind: String
  /// Where in the text, in characters from 1.
  public var column: Int
  /// What is wrong there, and what belongs there.
  public var reason: String

  /// One line: what, where, and what to write instead.
  public var description: String {
    "malformed \(kind) \"\(text.onOneLine)\", column \(column): \(reason)"
  }

  static func unexpected(_ scanner: inout TextScanner, _ expected: String) -> RecipeError {
    let found = scanner.found()
    return RecipeError(
      text: "", kind: "", column: scanner.column, reason: "found \(found) instead of \(expected)")
  }

  static func at(_ column: Int, _ reason: String) -> RecipeError {
    RecipeError(text: "", kind: "", column: column, reason: reason)
  }

  func quoting(_ text: String, as kind: String) -> RecipeError {
    var copy = self
    copy.text = text
    copy.kind = kind
    return copy
  }
}

extension TextScanner {
  /// A number, or an error that says what the number would have been.
  mutating func number(orThrow expected: String) throws(RecipeError) -> UInt64 {
    skipSpaces()
    // Only an error wants to know its column: to count them each time takes quadratic time.
    let start = self
    switch number() {
    case .value(let value):
      return value
    case .tooLarge:
      throw RecipeError(
        text: "", kind: "", column: start.column,
        reason: "the number is larger than \(UInt64.max); numbers have 64 bits")
    case .none:
      throw .unexpected(&self, expected)
    }
  }
}
