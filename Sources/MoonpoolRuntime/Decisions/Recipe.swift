//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What reproduces a run: a seed, and the places where the run leaves that seed's path.
///
/// Written on one line:
///
///     8839214571
///     8839214571: 151@8837201 -> 80@1293847
///     8839214571: 151@8837201; #17=2, #40=0
///     8839214571: #17=2
///
/// A breakpoint `151@8837201` seeds all streams afresh after so many decisions; an edit `#17=2`
/// gives the 17th decision of the run the value 2. Numbers are decimal, or hexadecimal after `0x`.
public struct Recipe: Hashable, Sendable, CustomStringConvertible {
  /// The value that one decision takes instead of the drawn one.
  public struct Edit: Hashable, Sendable, CustomStringConvertible {
    /// The number of the decision in the whole run, from 1.
    public var number: UInt64
    /// Its value; a value that is no choice there is lowered to the last choice.
    public var value: UInt64

    /// Makes an edit.
    public init(number: UInt64, value: UInt64) {
      self.number = number
      self.value = value
    }

    /// Such as `#17=2`.
    public var description: String { "#\(number)=\(value)" }
  }

  /// The seed that the run starts under.
  public var seed: UInt64
  /// Where the run continues under other seeds.
  public var breakpoints: Breakpoints
  /// Decisions that have fixed values, in ascending order of their numbers, none twice.
  public private(set) var edits: [Edit]

  /// Makes a recipe. Of two edits of one decision the last counts; the number 0 is no decision.
  public init(seed: UInt64, breakpoints: Breakpoints = [], edits: [Edit] = []) {
    self.seed = seed
    self.breakpoints = breakpoints
    self.edits = []
    for edit in edits { self.edit(edit.number, to: edit.value) }
  }

  /// Whether the seed alone reproduces the run.
  public var isPlainSeed: Bool { breakpoints.isEmpty && edits.isEmpty }

  /// Gives one decision a fixed value, in place of an earlier edit of it.
  public mutating func edit(_ number: UInt64, to value: UInt64) {
    guard number != 0 else { return }
    let position = edits.firstIndex { $0.number >= number } ?? edits.endIndex
    if position < edits.endIndex, edits[position].number == number {
      edits[position].value = value
    } else {
      edits.insert(Edit(number: number, value: value), at: position)
    }
  }

  /// Takes back the edit of one decision, if there is one.
  public mutating func removeEdit(of number: UInt64) {
    edits.removeAll { $0.number == number }
  }

  /// The written form, with decimal numbers.
  public var description: String {
    var sections: [String] = []
    if !breakpoints.isEmpty { sections.append(breakpoints.description) }
    if !edits.isEmpty { sections.append(edits.map(\.description).joined(separator: ", ")) }
    return sections.isEmpty ? "\(seed)" : "\(seed): " + sections.joined(separator: "; ")
  }
}

extension Recipe {
  /// Reads the written form.
  ///
  /// - Throws: ``RecipeError`` that names the column and what belongs there.
  public init(parsing text: String) throws(RecipeError) {
    var scanner = TextScanner(text)
    do throws(RecipeError) {
      try self.init(&scanner)
    } catch {
      throw error.quoting(text, as: "recipe")
    }
  }

  private init(_ scanner: inout TextScanner) throws(RecipeError) {
    self.init(seed: try scanner.number(orThrow: "a seed, such as 8839214571 or 0x1f"))
    scanner.skipSpaces()
    if scanner.isAtEnd { return }
    guard scanner.take(":") else {
      throw .unexpected(&scanner, "':' or the end; a recipe is SEED or SEED: BREAKPOINTS; EDITS")
    }
    if !scanner.peek("#") {
      breakpoints = try Breakpoints(&scanner)
      if scanner.isAtEnd { return }
      guard scanner.take(";") else {
        throw .unexpected(&scanner, "'->' and a breakpoint, ';' and edits, or the end")
      }
    }
    try parseEdits(&scanner)
  }

  private mutating func parseEdits(_ scanner: inout TextScanner) throws(RecipeError) {
    let form = "an edit is #NUMBER=VALUE, as in #17=2"
    repeat {
      guard scanner.take("#") else { throw .unexpected(&scanner, "'#'; \(form)") }
      let column = scanner.column
      let number = try scanner.number(orThrow: "the number of a decision; \(form)")
      guard scanner.take("=") else { throw .unexpected(&scanner, "'=' and a value; \(form)") }
      let value = try scanner.number(orThrow: "a value after '='; \(form)")
      if number == 0 {
        let reason = "there is no decision #0; the first decision of a run is #1"
        throw RecipeError(text: "", kind: "", column: column, reason: reason)
      }
      if edits.contains(where: { $0.number == number }) {
        let reason = "decision #\(number) is edited twice; keep one of the two"
        throw RecipeError(text: "", kind: "", column: column, reason: reason)
      }
      edit(number, to: value)
    } while scanner.take(",")
    scanner.skipSpaces()
    guard scanner.isAtEnd else { throw .unexpected(&scanner, "',' and an edit, or the end") }
  }
}

extension Recipe: ExpressibleByIntegerLiteral {
  /// Makes a plain seed.
  public init(integerLiteral seed: UInt64) { self.init(seed: seed) }
}

extension Recipe: Codable {
  /// Decodes the written form from a string.
  public init(from decoder: any Decoder) throws {
    try self.init(parsing: String(from: decoder))
  }

  /// Encodes the written form as a string.
  public func encode(to encoder: any Encoder) throws {
    try description.encode(to: encoder)
  }
}
