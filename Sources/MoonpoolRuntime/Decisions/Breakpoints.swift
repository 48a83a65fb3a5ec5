//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The points of a run at which all streams of decisions are seeded afresh.
///
/// Written `151@8837201 -> 80@1293847`: after 151 decisions continue under the seed 8837201, and 80
/// decisions after that under 1293847. Empty text for no breakpoints.
public struct Breakpoints: Hashable, Sendable, CustomStringConvertible {
  /// One point: so many decisions after the previous one, a new seed.
  public struct Element: Hashable, Sendable, CustomStringConvertible {
    /// Decisions made since the previous breakpoint, or since the start of the run.
    public var count: UInt64
    /// The seed that the next decision is drawn under.
    public var seed: UInt64

    /// Makes a breakpoint.
    public init(count: UInt64, seed: UInt64) {
      self.count = count
      self.seed = seed
    }

    /// Such as `151@8837201`.
    public var description: String { "\(count)@\(seed)" }
  }

  /// The points in the order in which a run meets them.
  public var elements: [Element]

  /// Makes breakpoints, in the order in which a run meets them.
  public init(_ elements: [Element] = []) { self.elements = elements }

  /// Reads the written form.
  ///
  /// - Throws: ``RecipeError`` that names the column and what belongs there.
  public init(parsing text: String) throws(RecipeError) {
    var scanner = TextScanner(text)
    self.init()
    scanner.skipSpaces()
    if scanner.isAtEnd { return }
    do throws(RecipeError) {
      try self.init(&scanner)
      guard scanner.isAtEnd else { throw .unexpected(&scanner, "'->' or the end") }
    } catch {
      throw error.quoting(text, as: "breakpoints")
    }
  }

  init(_ scanner: inout TextScanner) throws(RecipeError) {
    elements = []
    repeat {
      let count = try scanner.number(
        orThrow: "a number of decisions; a breakpoint is COUNT@SEED, as in 151@8837201")
      guard scanner.take("@") else {
        throw .unexpected(&scanner, "'@' and a seed; a breakpoint is COUNT@SEED, as in 151@8837201")
      }
      let seed = try scanner.number(
        orThrow: "a seed after '@'; a breakpoint is COUNT@SEED, as in 151@8837201")
      elements.append(Element(count: count, seed: seed))
    } while scanner.take("->")
    scanner.skipSpaces()
  }

  /// The written form, with decimal seeds.
  public var description: String {
    elements.map(\.description).joined(separator: " -> ")
  }
}

extension Breakpoints: RandomAccessCollection, ExpressibleByArrayLiteral {
  /// Always 0.
  public var startIndex: Int { elements.startIndex }
  /// How many breakpoints there are.
  public var endIndex: Int { elements.endIndex }
  /// The breakpoint at a position.
  public subscript(position: Int) -> Element { elements[position] }
  /// Makes breakpoints, in the order in which a run meets them.
  public init(arrayLiteral elements: Element...) { self.init(elements) }
}
