//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A word, a punctuation character or the text of a string literal.
struct Token: Equatable {
  enum Kind { case word, symbol, string }
  let kind: Kind
  var text: String
  /// Counted from 1.
  let line: Int
}

/// One line of a comment, without knowing whether it is a `//` or a block.
struct Comment: Equatable {
  let line: Int
  let text: String
}

/// Splits Swift and C into tokens and comments, so that no rule mistakes a string for code.
///
/// It knows nested block comments, raw and multi-line strings and interpolation. It doesn't know
/// bare regex literals (`/"/`); a file that needs one writes `#/"/#`, or `Regex("…")`.
struct Lexer {
  enum Dialect { case swift, c }

  private(set) var tokens: [Token] = []
  private(set) var comments: [Comment] = []

  private let bytes: [UInt8]
  private let dialect: Dialect
  private var at = 0
  private var line = 1
  private var onlySpaceOnLine = true

  init(text: String, dialect: Dialect) {
    bytes = Array(text.utf8)
    self.dialect = dialect
  }

  mutating func run() {
    while at < bytes.count { step() }
  }

  private mutating func step() {
    let byte = bytes[at]
    switch byte {
    case UInt8(ascii: "\n"):
      newline()
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      at += 1
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
      lineComment()
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
      blockComment()
    case UInt8(ascii: "#") where dialect == .c && onlySpaceOnLine:
      directive()
    case UInt8(ascii: "#") where hashesBeforeQuote() > 0:
      string(hashes: hashesBeforeQuote())
    case UInt8(ascii: "#") where dialect == .swift && peek(1) == UInt8(ascii: "/"):
      extendedRegex()
    case UInt8(ascii: "\""):
      string(hashes: 0)
    case UInt8(ascii: "`") where dialect == .swift:
      quotedName()
    case UInt8(ascii: "'") where dialect == .c:
      characterLiteral()
    default:
      isWord(byte) ? word() : symbol()
    }
  }

  // MARK: Pieces

  private mutating func newline() {
    line += 1
    at += 1
    onlySpaceOnLine = true
  }

  private mutating func word() {
    let start = at
    while at < bytes.count, isWord(bytes[at]) { at += 1 }
    add(.word, text(start, at), line: line)
  }

  /// A name in backticks, spaces and all.
  private mutating func quotedName() {
    let start = at
    repeat { at += 1 } while at < bytes.count && bytes[at] != UInt8(ascii: "`")
    at = min(at + 1, bytes.count)
    add(.word, text(start, at), line: line)
  }

  private mutating func symbol() {
    add(.symbol, text(at, at + 1), line: line)
    at += 1
  }

  private mutating func lineComment() {
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
    comments.append(Comment(line: line, text: text(start, at)))
  }

  private mutating func blockComment() {
    var depth = 0
    var start = at
    repeat {
      if matches("/*"), depth == 0 || dialect == .swift {
        depth += 1
        at += 2
      } else if matches("*/") {
        depth -= 1
        at += 2
      } else if bytes[at] == UInt8(ascii: "\n") {
        comments.append(Comment(line: line, text: text(start, at)))
        newline()
        start = at
      } else {
        at += 1
      }
    } while depth > 0 && at < bytes.count
    comments.append(Comment(line: line, text: text(start, at)))
  }

  /// A preprocessor line with its continuations: no code of a function's own braces.
  private mutating func directive() {
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
      if matches("//") { return lineComment() }
      if matches("/*") {
        blockComment()
      } else if matches("\\\n") {
        at += 1
        newline()
        onlySpaceOnLine = false
      } else {
        at += 1
      }
    }
  }

  private mutating func extendedRegex() {
    at += 2
    while at < bytes.count, !matches("/#"), bytes[at] != UInt8(ascii: "\n") { at += 1 }
    if matches("/#") { at += 2 }
  }

  private mutating func characterLiteral() {
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "'"), bytes[at] != UInt8(ascii: "\n") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    if peek(0) == UInt8(ascii: "'") { at += 1 }
  }

  /// A string literal; what stands in its interpolations becomes tokens like any other code.
  private mutating func string(hashes: Int) {
    at += hashes
    let multiline = dialect == .swift && matches("\"\"\"")
    let quote = String(repeating: "\"", count: multiline ? 3 : 1)
    let closing = quote + String(repeating: "#", count: hashes)
    let escape = "\\" + String(repeating: "#", count: hashes)
    at += quote.utf8.count
    let index = tokens.count
    add(.string, "", line: line)
    var start = at
    while at < bytes.count, !matches(closing) {
      if dialect == .swift, matches(escape + "(") {
        tokens[index].text += text(start, at)
        at += escape.utf8.count
        interpolation()
        start = at
      } else if matches(escape) {
        at += escape.utf8.count
        if peek(0) == UInt8(ascii: "\n") { newline() } else { at += 1 }
      } else if bytes[at] == UInt8(ascii: "\n") {
        if !multiline { break }
        newline()
      } else {
        at += 1
      }
    }
    tokens[index].text += text(start, min(at, bytes.count))
    if matches(closing) { at += closing.utf8.count }
  }

  private mutating func interpolation() {
    var depth = 0
    repeat {
      if peek(0) == UInt8(ascii: "(") { depth += 1 }
      if peek(0) == UInt8(ascii: ")") { depth -= 1 }
      step()
    } while depth > 0 && at < bytes.count
  }

  // MARK: Looking

  private mutating func add(_ kind: Token.Kind, _ text: String, line: Int) {
    tokens.append(Token(kind: kind, text: text, line: line))
    onlySpaceOnLine = false
  }

  private func peek(_ offset: Int) -> UInt8? {
    at + offset < bytes.count ? bytes[at + offset] : nil
  }

  private func matches(_ text: String) -> Bool {
    var index = at
    for byte in text.utf8 {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  private func hashesBeforeQuote() -> Int {
    guard dialect == .swift else { return 0 }
    var count = 0
    while peek(count) == UInt8(ascii: "#") { count += 1 }
    return peek(count) == UInt8(ascii: "\"") ? count : 0
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }

  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default:
      false
    }
  }
}
