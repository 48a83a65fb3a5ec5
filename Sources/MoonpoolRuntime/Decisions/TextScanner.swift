//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Reads small texts from left to right and knows the column for error messages.
struct TextScanner {
  private let text: Substring
  private var rest: Substring.UTF8View

  init(_ text: some StringProtocol) {
    self.text = Substring(text)
    self.rest = self.text.utf8
  }

  /// The number of the next character, from 1.
  var column: Int { text.distance(from: text.startIndex, to: rest.startIndex) + 1 }

  var isAtEnd: Bool { rest.isEmpty }

  /// What has not been read.
  var remainder: Substring { Substring(rest) }

  mutating func skipSpaces() {
    while let byte = rest.first, byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a {
      rest.removeFirst()
    }
  }

  /// Skips spaces and takes `token` if it comes next; otherwise nothing happens.
  mutating func take(_ token: String, skippingSpaces: Bool = true) -> Bool {
    let start = rest
    if skippingSpaces { skipSpaces() }
    guard rest.starts(with: token.utf8) else {
      rest = start
      return false
    }
    rest.removeFirst(token.utf8.count)
    return true
  }

  /// Skips spaces and says whether `token` comes next.
  mutating func peek(_ token: String) -> Bool {
    skipSpaces()
    return rest.starts(with: token.utf8)
  }

  enum Number {
    case value(UInt64)
    case tooLarge
    case none
  }

  /// Skips spaces, then takes a decimal number, or a hexadecimal one after `0x`.
  mutating func number() -> Number {
    skipSpaces()
    var digits = rest.prefix(while: Self.isWord)
    guard let first = digits.first, first >= 0x30, first <= 0x39 else { return .none }
    let end = digits.endIndex
    var radix = 10
    if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
      digits.removeFirst(2)
      radix = 16
    }
    let all = Substring(digits)
    let isNumber = all.allSatisfy { radix == 16 ? $0.isHexDigit : $0.isASCII && $0.isNumber }
    guard isNumber, !all.isEmpty else { return .none }
    rest = rest[end...]
    return UInt64(all, radix: radix).map(Number.value) ?? .tooLarge
  }

  /// Takes bytes as long as they fit.
  mutating func take(while fits: (UInt8) -> Bool) -> String {
    let taken = rest.prefix(while: fits)
    rest = rest[taken.endIndex...]
    return String(Substring(taken))
  }

  /// Takes one byte; nil at the end.
  mutating func next() -> UInt8? { rest.popFirst() }

  /// What comes next, for an error message: `'x'`, or `the end`.
  mutating func found() -> String {
    skipSpaces()
    guard let next = Substring(rest).first else { return "the end" }
    let word = Substring(rest.prefix(while: Self.isWord))
    return word.isEmpty ? "'\(String(next).onOneLine)'" : "'\(word)'"
  }

  /// Whether names that need no quotes have this byte: letters, digits, and `_ . - + / :`.
  static func isNameByte(_ byte: UInt8) -> Bool {
    isWord(byte) || [0x2e, 0x2d, 0x2b, 0x2f, 0x3a].contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f: true
    default: false
    }
  }
}

extension String {
  /// The text for messages of one line: what would break it is escaped.
  var onOneLine: String {
    unicodeScalars.reduce(into: "") { line, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        line += scalar.escaped(asASCII: true)
      default: line.unicodeScalars.append(scalar)
      }
    }
  }
}
