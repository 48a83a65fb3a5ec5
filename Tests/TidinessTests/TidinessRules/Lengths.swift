//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The budgets (CONTRIBUTING.md), in lines with blank ones and comments.
enum Budget {
  static let file = 400
  static let fileAtMost = 600
  static let function = 70
  static let swiftColumns = 100
  static let cColumns = 120
}

/// The files that may be longer than 400 lines (never than 600), each with the reason.
enum LongFiles {
  static let reasons: [String: String] = [:]
}

extension Tidiness {
  /// Sources keep to 400 lines, or stand in `LongFiles`; no code file at all is over 600.
  static func fileLength(
    _ file: SourceFile, allowed: [String: String] = LongFiles.reasons
  ) -> [Finding] {
    let count = file.lines.count
    let message: String
    if count > Budget.fileAtMost {
      message = "\(count) lines, and \(Budget.fileAtMost) is the most for any file; split it"
    } else if count > Budget.file, file.area == "Sources", allowed[file.path] == nil {
      message =
        "\(count) lines; split it, or give the reason in LongFiles (up to \(Budget.fileAtMost))"
    } else {
      return []
    }
    return [Finding(rule: .fileLength, path: file.path, line: 1, message: message)]
  }

  /// Entries of `LongFiles` that no file needs any more, or that give no reason.
  static func staleListEntries(
    in tree: SourceTree, allowed: [String: String] = LongFiles.reasons
  ) -> [Finding] {
    allowed.sorted { $0.key < $1.key }.compactMap { path, reason in
      let file = tree.files.first { $0.path == path }
      let isLong = file.map { $0.lines.count > Budget.file } ?? false
      if isLong, !reason.isEmpty { return nil }
      let message = isLong ? "in LongFiles without a reason" : "in LongFiles without need"
      return Finding(rule: .fileLength, path: path, line: 1, message: message)
    }
  }

  /// No function, initialiser, accessor block or subscript over 70 lines, signature included.
  static func functionLength(_ file: SourceFile) -> [Finding] {
    let functions =
      file.language == .c ? cFunctions(file.tokens) : swiftFunctions(file.tokens)
    return functions.compactMap { name, first, last in
      let count = last - first + 1
      guard count > Budget.function else { return nil }
      return Finding(
        rule: .functionLength, path: file.path, line: first,
        message: "'\(name)' has \(count) lines; \(Budget.function) is the most")
    }
  }

  private typealias Extent = (name: String, first: Int, last: Int)

  private static func swiftFunctions(_ tokens: [Token]) -> [Extent] {
    tokens.indices.compactMap { index in
      guard tokens[index].kind == .word, tokens.text(index - 1) != "." else { return nil }
      let keyword = tokens[index].text
      let isProperty = keyword == "var"
      guard isProperty || ["func", "init", "deinit", "subscript"].contains(keyword),
        let open = bodyStart(tokens, after: index, isProperty: isProperty)
      else { return nil }
      let name = keyword == "func" || isProperty ? tokens.text(index + 1) : keyword
      return (name, tokens[index].line, tokens[tokens.closing(open)].line)
    }
  }

  /// The `{` that opens a body, or nil for a requirement, a stored property or a local use.
  private static func bodyStart(
    _ tokens: [Token], after keyword: Int, isProperty: Bool
  ) -> Int? {
    let ends: Set<String> = [
      "func", "var", "let", "init", "deinit", "subscript", "case", "typealias", "associatedtype",
      "struct", "class", "enum", "actor", "protocol", "extension", "static", "}", ";",
    ]
    var index = keyword + 1
    while index < tokens.count {
      let token = tokens[index]
      if token.kind != .string {
        if token.text == "{" { return index }
        if token.text == "(" || token.text == "[" { index = tokens.closing(index) }
        if ends.contains(token.text), index > keyword + 1 || token.text == "}" { return nil }
        // A stored property ends at its `=` or with its line.
        if isProperty, token.text == "=" || token.line > tokens[keyword].line { return nil }
      }
      index += 1
    }
    return nil
  }

  private static func cFunctions(_ tokens: [Token]) -> [Extent] {
    var result: [Extent] = []
    var statement = 0
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      defer { index += 1 }
      guard token.kind == .symbol else { continue }
      if token.text == ";" || token.text == "}" { statement = index + 1 }
      guard token.text == "{" else { continue }
      let head = Array(tokens[statement..<index])
      if head.contains(where: { $0.text == "extern" && $0.kind == .word }),
        head.last?.kind == .string
      {
        statement = index + 1  // extern "C" {: what is inside counts as top level
        continue
      }
      let end = tokens.closing(index)
      if let name = cFunctionName(head) {
        result.append((name, head[0].line, tokens[end].line))
      }
      index = end
      statement = end + 1
    }
    return result
  }

  private static func cFunctionName(_ head: [Token]) -> String? {
    guard !head.contains(where: { $0.text == "=" || $0.text == "typedef" }) else { return nil }
    for index in head.indices.dropLast()
    where head[index].kind == .word && head[index + 1].text == "("
      && !["__attribute__", "__declspec", "_Alignas"].contains(head[index].text)
    {
      return head[index].text
    }
    return nil
  }
}
