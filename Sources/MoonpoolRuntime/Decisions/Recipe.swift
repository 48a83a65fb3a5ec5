//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What reproduces a run: a seed, and where the run leaves that seed's path.
///
/// Written on one line:
///
///     8839214571
///     8839214571: 151@8837201 -> 80@1293847
///     8839214571: 151@8837201; #17=2, #40=0
///     8839214571: scheduling#100...=0; only faults(process.crash#2)
///
/// A breakpoint `151@8837201` seeds all streams afresh after so many decisions; an edit `#17=2`
/// gives the 17th decision of the run the value 2; a ``StreamRule`` changes one stream; a
/// ``Selection`` leaves out some of what would happen. Numbers are decimal, or hexadecimal after
/// `0x`.
public struct Recipe: Hashable, Sendable {
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
  /// What is changed in single streams; of two rules for a stream the first counts.
  public var streams: [StreamRule] = []
  /// What takes part in the run, at most one for each subject, in the order of the subjects.
  public private(set) var selections: [Selection] = []

  /// Makes a recipe. Of two edits of one decision the last counts; the number 0 is no decision.
  public init(seed: UInt64, breakpoints: Breakpoints = [], edits: [Edit] = []) {
    self.seed = seed
    self.breakpoints = breakpoints
    self.edits = []
    for edit in edits { self.edit(edit.number, to: edit.value) }
  }

  /// Whether the seed alone reproduces the run.
  public var isPlainSeed: Bool {
    breakpoints.isEmpty && edits.isEmpty && streams.isEmpty && selections.isEmpty
  }

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

  /// What takes part of a subject; nil: everything.
  public func selection(of subject: Selection.Subject) -> Selection? {
    selections.first { $0.subject == subject }
  }

  /// Says what takes part, in place of what was said of the same subject.
  public mutating func select(_ selection: Selection) {
    selectAll(of: selection.subject)
    let position = selections.firstIndex { $0.subject > selection.subject }
    selections.insert(selection, at: position ?? selections.endIndex)
  }

  /// Lets everything of a subject take part.
  public mutating func selectAll(of subject: Selection.Subject) {
    selections.removeAll { $0.subject == subject }
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
