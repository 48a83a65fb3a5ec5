//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Words that may stand between `public` and the keyword of a declaration.
private let modifiers: Set<String> = [
  "static", "final", "class", "mutating", "nonmutating", "nonisolated", "override", "convenience",
  "required", "lazy", "weak", "unowned", "indirect", "dynamic", "isolated", "distributed",
  "consuming", "borrowing", "private", "package", "internal", "fileprivate", "set", "unsafe",
  "prefix", "postfix", "infix", "(", ")",
]

private let declarations: Set<String> = [
  "func", "var", "let", "init", "subscript", "struct", "class", "enum", "actor", "protocol",
  "typealias", "associatedtype", "macro", "case",
]

/// What a conformance to a protocol of the standard library requires: documented there.
private let standardRequirements: Set<String> = [
  "description", "debugDescription", "hash", "encode", "=", "<", "~", "hashValue",
  "startIndex", "endIndex", "index", "makeIterator", "next", "advanced", "duration",
  "init(from", "init(arrayLiteral", "init(stringLiteral", "init(integerLiteral",
  "init(dictionaryLiteral", "subscript(position", "subscript(bounds",
]

extension Tidiness {
  /// Every public declaration, and every requirement of a public protocol, says what it is.
  ///
  /// What fulfils a requirement inherits its text, as it does in DocC.
  static func documentation(_ file: SourceFile, in tree: SourceTree) -> [Finding] {
    let tokens = file.tokens
    let inherited = inheritedNames(file, in: tree).union(standardRequirements)
    var result: [Finding] = []
    var index = 0
    while index < tokens.count {
      if isAccess(tokens, index), let keyword = declaration(tokens, after: index) {
        if !inherited.contains(name(tokens, keyword)),
          let finding = undocumented(file, first: index, keyword: keyword)
        {
          result.append(finding)
        }
        if tokens[keyword].text == "protocol" {
          result += requirements(file, protocolAt: keyword)
        }
      }
      index += 1
    }
    return result
  }

  private static func isAccess(_ tokens: [Token], _ index: Int) -> Bool {
    tokens[index].kind == .word && ["public", "open"].contains(tokens[index].text)
      && tokens.text(index - 1) != "." && tokens.text(index + 1) != "("
  }

  /// The index of the declaration's keyword; nil for `public import`, `public extension`, names.
  private static func declaration(_ tokens: [Token], after access: Int) -> Int? {
    var index = access + 1
    while modifiers.contains(tokens.text(index)),
      !(tokens.text(index) == "class" && !declarations.contains(tokens.text(index + 1)))
    {
      index += 1
    }
    return declarations.contains(tokens.text(index)) ? index : nil
  }

  /// The name of a declaration, with the first label of an initialiser or subscript.
  private static func name(_ tokens: [Token], _ keyword: Int) -> String {
    let kind = tokens[keyword].text
    guard ["init", "subscript"].contains(kind) else { return tokens.text(keyword + 1) }
    return "\(kind)(\(tokens.text(keyword + 2))"
  }

  /// What the protocols require that this file's types conform to, as far as it names them.
  private static func inheritedNames(_ file: SourceFile, in tree: SourceTree) -> Set<String> {
    var names: Set<String> = []
    let words = Set(file.tokens.lazy.filter { $0.kind == .word }.map(\.text))
    for other in tree.files where other.area == "Sources" && other.path != file.path {
      for index in other.tokens.indices
      where other.tokens.reads(["protocol"], at: index)
        && words.contains(other.tokens.text(index + 1))
      {
        names.formUnion(requirements(of: other, protocolAt: index).map { name(other.tokens, $0) })
      }
    }
    return names
  }

  private static func requirements(_ file: SourceFile, protocolAt keyword: Int) -> [Finding] {
    requirements(of: file, protocolAt: keyword).compactMap {
      undocumented(file, first: $0, keyword: $0)
    }
  }

  /// The keywords of a protocol's requirements.
  private static func requirements(of file: SourceFile, protocolAt keyword: Int) -> [Int] {
    let tokens = file.tokens
    guard let open = tokens[keyword...].firstIndex(where: { $0.text == "{" && $0.kind == .symbol })
    else { return [] }
    let end = tokens.closing(open)
    var result: [Int] = []
    var index = open + 1
    while index < end {
      let token = tokens[index]
      if ["(", "[", "{"].contains(token.text), token.kind == .symbol {
        index = tokens.closing(index)
      } else if token.kind == .word, declarations.contains(token.text),
        !["case", "class"].contains(token.text)
      {
        result.append(index)
      }
      index += 1
    }
    return result
  }

  private static func undocumented(
    _ file: SourceFile, first: Int, keyword: Int
  ) -> Finding? {
    let tokens = file.tokens
    guard !hasComment(file, above: tokens[first].line) else { return nil }
    return Finding(
      rule: .documentation, path: file.path, line: tokens[first].line,
      message: "\(tokens[keyword].text) '\(name(tokens, keyword))' has no documentation comment")
  }

  /// Looks past attributes, plain comments and conditional compilation for `///` or `*/`.
  private static func hasComment(_ file: SourceFile, above line: Int) -> Bool {
    var depth = 0
    for text in file.lines[..<(line - 1)].reversed() {
      let trimmed = text.drop { $0 == " " }
      if trimmed.hasPrefix("///") || trimmed.hasSuffix("*/") { return true }
      let opened = trimmed.count { $0 == "(" }
      let closed = trimmed.count { $0 == ")" }
      depth += closed - opened
      let isPassed =
        trimmed.hasPrefix("@") || trimmed.hasPrefix("#") || trimmed.hasPrefix("//") || depth > 0
      if !isPassed { return false }
    }
    return false
  }
}
