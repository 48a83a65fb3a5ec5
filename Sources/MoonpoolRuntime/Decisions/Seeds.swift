//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The seeds, or recipes, of a campaign, in order.
///
/// Written `7`, `0x1f`, `1...100`, `1..<100`, several of these with commas, or one recipe such as
/// `8839214571: 151@8837201; #17=2`. A range is never expanded in memory.
public struct Seeds: Sequence, Hashable, Sendable, CustomStringConvertible {
  fileprivate enum Part: Hashable, Sendable {
    case range(ClosedRange<UInt64>)
    case recipe(Recipe)

    var count: UInt64 {
      guard case .range(let range) = self else { return 1 }
      let width = range.upperBound - range.lowerBound
      return width == .max ? .max : width + 1
    }
  }

  private var parts: [Part]

  /// All seeds of a range.
  public init(_ range: ClosedRange<UInt64>) { parts = [.range(range)] }

  /// The given recipes.
  public init(_ recipes: [Recipe]) { parts = recipes.map { .recipe($0) } }

  /// How many runs these are; `UInt64.max` if there are more.
  public var count: UInt64 {
    var sum: UInt64 = 0
    for part in parts {
      let (next, overflow) = sum.addingReportingOverflow(part.count)
      if overflow { return .max }
      sum = next
    }
    return sum
  }

  /// The written form: several parts are joined by commas, or by newlines if one has edits.
  public var description: String {
    var hasRecipe = false
    let texts = parts.map { part -> String in
      switch part {
      case .range(let range) where range.count == 1: return "\(range.lowerBound)"
      case .range(let range): return "\(range.lowerBound)...\(range.upperBound)"
      case .recipe(let recipe):
        hasRecipe = hasRecipe || !recipe.isPlainSeed
        return "\(recipe)"
      }
    }
    return texts.joined(separator: hasRecipe ? "\n" : ", ")
  }

  /// Iterates over recipes; a seed is a recipe without breakpoints and edits.
  public struct Iterator: IteratorProtocol, Sendable {
    private let parts: [Part]
    private var part = 0
    /// How many seeds of the current part have been given.
    private var offset: UInt64 = 0

    fileprivate init(_ parts: [Part]) { self.parts = parts }

    /// The next run, or nil after the last.
    public mutating func next() -> Recipe? {
      guard part < parts.count else { return nil }
      switch parts[part] {
      case .recipe(let recipe):
        part += 1
        return recipe
      case .range(let range):
        let seed = range.lowerBound + offset
        offset += 1
        if seed == range.upperBound { (part, offset) = (part + 1, 0) }
        return Recipe(seed: seed)
      }
    }
  }

  /// The run at a place in the series.
  ///
  /// - Parameter index: Less than ``count``.
  package func recipe(at index: UInt64) -> Recipe {
    var offset = index
    for part in parts {
      guard offset < part.count else {
        offset -= part.count
        continue
      }
      switch part {
      case .recipe(let recipe): return recipe
      case .range(let range): return Recipe(seed: range.lowerBound + offset)
      }
    }
    fatalError("there is no seed number \(index) among \(count)")
  }

  /// Iterates over the runs in order.
  public func makeIterator() -> Iterator { Iterator(parts) }
}

extension Seeds {
  /// Reads the written form.
  ///
  /// - Throws: ``SeedsError`` with the code `malformed`.
  public init(parsing text: String) throws(SeedsError) {
    do throws(RecipeError) {
      parts = try Self.parse(text)
    } catch {
      throw SeedsError(code: .malformed, message: error.description)
    }
  }

  /// Reads the text of a seed list: on each line what `init(parsing:)` reads.
  ///
  /// Empty lines are skipped. A line that starts with `#` is a comment, and so is what follows
  /// a `#` with a space after it (a `#` with a number after it is an edit).
  ///
  /// - Parameter name: The name of the file for error messages.
  /// - Throws: ``SeedsError`` with the code `malformedFile` that names the file and line.
  public init(parsingList text: String, named name: String) throws(SeedsError) {
    parts = []
    for line in text.numberedLines {
      let content = Self.withoutComment(line.text)
      guard content.contains(where: { !$0.isWhitespace }) else { continue }
      do throws(RecipeError) {
        parts += try Self.parse(String(content))
      } catch {
        let message = "\(name):\(line.number): \(error)"
        throw SeedsError(code: .malformedFile, message: message)
      }
    }
    if parts.isEmpty {
      let message = "\(name) names no seeds; write one seed or recipe on each line"
      throw SeedsError(code: .malformedFile, message: message)
    }
  }

  /// Reads a seed list from a file.
  ///
  /// - Throws: ``SeedsError`` with the code `unreadableFile` or `malformedFile`.
  public init(file path: String) throws(SeedsError) {
    try self.init(parsingList: try readTextFile(path), named: path)
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var isFirst = true
    var isQuoted = false
    var position = line.startIndex
    while position < line.endIndex {
      let next = line.index(after: position)
      if line[position] == "\"" { isQuoted.toggle() }
      if line[position] == "#", !isQuoted,
        isFirst || next == line.endIndex || line[next].isWhitespace
      {
        return line[..<position]
      }
      if !line[position].isWhitespace { isFirst = false }
      position = next
    }
    return line
  }

  private static func parse(_ text: String) throws(RecipeError) -> [Part] {
    if text.contains(":") { return [.recipe(try Recipe(parsing: text))] }
    var scanner = TextScanner(text)
    var parts: [Part] = []
    do throws(RecipeError) {
      repeat { parts.append(try parseRange(&scanner)) } while scanner.take(",")
      scanner.skipSpaces()
      guard scanner.isAtEnd else {
        throw .unexpected(&scanner, "',' or the end; a range is FIRST...LAST or FIRST..<END")
      }
    } catch {
      throw error.quoting(text, as: "seeds")
    }
    return parts
  }

  private static func parseRange(_ scanner: inout TextScanner) throws(RecipeError) -> Part {
    let form = "a seed, such as 7, 0x1f, 1...100 or 1..<100"
    let first = try scanner.number(orThrow: form)
    let isHalfOpen = scanner.take("..<")
    guard isHalfOpen || scanner.take("...") else { return .range(first...first) }
    let beforeLast = scanner
    let last = try scanner.number(orThrow: "the other end of the range; it begins with \(first)")
    guard first <= last, !(isHalfOpen && first == last) else {
      let written = "\(first)\(isHalfOpen ? "..<" : "...")\(last)"
      let reason = "the range \(written) is empty; write the smaller seed first"
      throw RecipeError(text: "", kind: "", column: beforeLast.column, reason: reason)
    }
    return .range(first...(isHalfOpen ? last - 1 : last))
  }
}
