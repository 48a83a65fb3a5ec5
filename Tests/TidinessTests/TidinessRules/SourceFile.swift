//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A text file of the package, split once into what the rules look at.
struct SourceFile {
  enum Language { case swift, c, markdown, script, page, other }

  /// Relative to the package, with forward slashes.
  let path: String
  let language: Language
  let lines: [String]
  let tokens: [Token]
  let comments: [Comment]
  let endsWithNewline: Bool

  init(path: String, text: String) {
    self.path = path
    language = SourceFile.language(of: path)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    endsWithNewline = text.hasSuffix("\n")
    if endsWithNewline { lines.removeLast() }
    self.lines = lines
    switch language {
    case .swift, .c:
      var lexer = Lexer(text: text, dialect: language == .c ? .c : .swift)
      lexer.run()
      (tokens, comments) = (lexer.tokens, lexer.comments)
    case .script:
      tokens = []
      comments = SourceFile.hashComments(lines)
    case .markdown, .page, .other:
      (tokens, comments) = ([], [])
    }
  }

  /// `Sources`, `Tests`, … or an empty string for a file at the top.
  var area: Substring { components.count > 1 ? components[0] : "" }
  /// The target's folder inside its area.
  var target: Substring { components.count > 2 ? components[1] : "" }

  private var components: [Substring] { path.split(separator: "/") }

  private static func language(of path: String) -> Language {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      return path.hasPrefix("Scripts/") || path.hasPrefix(".ci/") ? .script : .other
    }
    switch name[name.index(after: dot)...] {
    case "swift": return .swift
    case "c", "h", "def", "cpp", "hpp": return .c
    case "md": return .markdown
    case "sh", "py": return .script
    case "js", "css": return .page
    default: return .other
    }
  }

  private static func hashComments(_ lines: [String]) -> [Comment] {
    lines.enumerated().compactMap { index, line in
      guard let hash = line.firstIndex(of: "#") else { return nil }
      return Comment(line: index + 1, text: String(line[hash...]))
    }
  }
}
