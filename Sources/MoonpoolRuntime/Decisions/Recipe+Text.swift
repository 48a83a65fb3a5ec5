//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Recipe: CustomStringConvertible {
  /// The written form, with decimal numbers.
  public var description: String {
    var sections: [String] = []
    if !breakpoints.isEmpty { sections.append(breakpoints.description) }
    if !edits.isEmpty { sections.append(edits.map(\.description).joined(separator: ", ")) }
    if !streams.isEmpty { sections.append(streams.map(\.description).joined(separator: ", ")) }
    sections += selections.map(\.description)
    return sections.isEmpty ? "\(seed)" : "\(seed): " + sections.joined(separator: "; ")
  }

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
      throw .unexpected(
        &scanner,
        "':' or the end; a recipe is SEED or SEED: BREAKPOINTS; EDITS; STREAMS; SELECTIONS")
    }
    if !scanner.peek("#"), scanner.peeksNoWord {
      breakpoints = try Breakpoints(&scanner)
      if scanner.isAtEnd { return }
      guard scanner.take(";") else {
        throw .unexpected(&scanner, "'->' and a breakpoint, ';' and edits, or the end")
      }
    }
    repeat { try parseSection(&scanner) } while scanner.take(";")
    scanner.skipSpaces()
    guard scanner.isAtEnd else { throw .unexpected(&scanner, "',' and an edit, or the end") }
  }

  private mutating func parseSection(_ scanner: inout TextScanner) throws(RecipeError) {
    if scanner.peek("only ") || scanner.peek("without ") {
      try parseSelection(&scanner)
    } else if scanner.peeksNoWord {
      try parseEdits(&scanner)
    } else {
      repeat { streams.append(try StreamRule(&scanner)) } while scanner.take(",")
    }
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
        throw .at(column, "there is no decision #0; the first decision of a run is #1")
      }
      if edits.contains(where: { $0.number == number }) {
        throw .at(column, "decision #\(number) is edited twice; keep one of the two")
      }
      edit(number, to: value)
    } while scanner.take(",")
  }

  private mutating func parseSelection(_ scanner: inout TextScanner) throws(RecipeError) {
    let column = scanner.column
    let selection = try Selection(&scanner)
    guard self.selection(of: selection.subject) == nil else {
      throw .at(column, "there are two selections of \(selection.subject.rawValue); keep one")
    }
    select(selection)
  }
}

extension StreamRule {
  fileprivate init(_ scanner: inout TextScanner) throws(RecipeError) {
    let form = "a rule is STREAM#FIRST...=0 or STREAM@SEED, as in scheduling#100...=0"
    let name = try scanner.name(orThrow: "the name of a stream; \(form)")
    if scanner.take("@") {
      self.init(name, .seed(try scanner.number(orThrow: "a seed after '@'; \(form)")))
      return
    }
    guard scanner.take("#") else { throw .unexpected(&scanner, "'#' or '@'; \(form)") }
    let first = try scanner.number(orThrow: "the number of a decision of the stream; \(form)")
    guard scanner.take("...=0") else { throw .unexpected(&scanner, "'...=0'; \(form)") }
    self.init(name, .zero(from: first))
  }
}

extension Selection {
  fileprivate init(_ scanner: inout TextScanner) throws(RecipeError) {
    let form = "a selection is only or without, and faults(…), operations(…) or nodes(…)"
    let rule: Rule = scanner.take("only ") ? .only : .without
    if rule == .without, !scanner.take("without ") { throw .unexpected(&scanner, form) }
    guard let subject = Subject.allCases.first(where: { scanner.take("\($0.rawValue)(") }) else {
      throw .unexpected(&scanner, "faults(, operations( or nodes(; \(form)")
    }
    self.init(rule, subject)
    if scanner.take(")") { return }
    repeat { parts.append(try Part(&scanner)) } while scanner.take(",")
    guard scanner.take(")") else { throw .unexpected(&scanner, "',' or ')'; \(form)") }
  }
}

extension Selection.Part {
  fileprivate init(_ scanner: inout TextScanner) throws(RecipeError) {
    let form = "NAME, NAME#NUMBER or NAME#FIRST...LAST"
    self.init(try scanner.name(orThrow: form))
    guard scanner.take("#") else { return }
    let column = scanner.column
    let first = try scanner.number(orThrow: "a number from 1; \(form)")
    let last = scanner.take("...") ? try scanner.number(orThrow: "the last number; \(form)") : first
    guard 1...UInt64.max ~= first, first <= last else {
      throw .at(column, "\(first)...\(last) is no range; numbers count from 1, the smaller first")
    }
    numbers = first...last
  }
}

// MARK: - Names

extension String {
  /// As recipes write a name: as it is, or in quotes if it has other characters than words have.
  var asRecipeName: String {
    if !isEmpty, utf8.allSatisfy(TextScanner.isNameByte), first?.isNumber == false { return self }
    var text = "\""
    for character in unicodeScalars {
      switch character {
      case "\n": text += "\\n"
      case "\"", "\\": text += "\\\(character)"
      default: text.unicodeScalars.append(character)
      }
    }
    return text + "\""
  }
}

extension TextScanner {
  /// Whether no name comes next.
  fileprivate var peeksNoWord: Bool {
    var copy = self
    copy.skipSpaces()
    guard let next = copy.remainder.utf8.first else { return true }
    return next != UInt8(ascii: "\"") && !(Self.isNameByte(next) && !(0x30...0x39 ~= next))
  }

  /// A name as ``Swift/String/asRecipeName`` writes it.
  fileprivate mutating func name(orThrow expected: String) throws(RecipeError) -> String {
    if peek("\"") { return try quotedName() }
    guard !peeksNoWord else { throw .unexpected(&self, expected) }
    return take(while: Self.isNameByte)
  }

  private mutating func quotedName() throws(RecipeError) -> String {
    let column = column
    _ = take("\"")
    var bytes: [UInt8] = []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = next() else { break }
        bytes.append(escaped == UInt8(ascii: "n") ? 0x0a : escaped)
      default: bytes.append(byte)
      }
    }
    throw .at(column, "the quotation mark is not closed; a name is \"…\"")
  }
}
