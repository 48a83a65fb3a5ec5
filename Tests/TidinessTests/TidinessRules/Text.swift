//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Tidiness {
  static let headerLines = [
    "// This source file is part of the Moonpool for Swift project",
    "// Licensed under the Apache License, Version 2.0",
  ]

  /// Every code file starts with the project's licence header.
  static func header(_ file: SourceFile) -> [Finding] {
    let head = file.lines.prefix(8)
    guard !headerLines.allSatisfy(head.contains) else { return [] }
    return [
      Finding(
        rule: .header, path: file.path, line: 1,
        message: "lacks the licence header (copy it from a neighbour)")
    ]
  }

  /// No tabs, no spaces at the end of a line, one newline at the end of the file.
  static func whitespace(_ file: SourceFile) -> [Finding] {
    func finding(_ line: Int, _ message: String) -> Finding {
      Finding(rule: .whitespace, path: file.path, line: line, message: message)
    }
    var result: [Finding] = []
    for (index, line) in file.lines.enumerated() {
      if line.utf8.contains(UInt8(ascii: "\t")) { result.append(finding(index + 1, "has a tab")) }
      if let last = line.utf8.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\r") {
        result.append(finding(index + 1, "ends with white space"))
      }
    }
    if !file.endsWithNewline || file.lines.last == "" {
      result.append(finding(max(1, file.lines.count), "should end with exactly one newline"))
    }
    return result
  }

  /// Swift keeps to 100 columns, C and what pages are made of to 120, but for a single word such as
  /// a link.
  static func columns(_ file: SourceFile) -> [Finding] {
    let limit = file.language == .swift ? Budget.swiftColumns : Budget.cColumns
    return file.lines.enumerated().compactMap { index, line in
      guard line.utf8.count > limit, line.count > limit else { return nil }
      let words = line.split(separator: " ").filter { !["//", "///", "*"].contains($0) }
      guard words.count > 1 else { return nil }
      return Finding(
        rule: .columns, path: file.path, line: index + 1,
        message: "\(line.count) columns; \(limit) is the most")
    }
  }

  /// Nothing is left for later in the code: it is done, or it is an issue.
  static func leftovers(_ file: SourceFile) -> [Finding] {
    let marks: Set<String> = ["TODO", "FIXME", "XXX", "HACK"]
    var result: [Finding] = []
    for comment in file.comments {
      let words = comment.text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      for mark in words.map(String.init) where marks.contains(mark) {
        result.append(
          Finding(
            rule: .leftover, path: file.path, line: comment.line,
            message: "\(mark): do it, or make it an issue"))
      }
    }
    for (index, token) in file.tokens.enumerated() where token.kind == .string {
      guard let mark = marks.sorted().first(where: { token.text.hasPrefix($0) }),
        ["fatalError", "preconditionFailure", "assertionFailure"].contains(
          file.tokens.text(index - 2))
      else { continue }
      result.append(
        Finding(
          rule: .leftover, path: file.path, line: token.line,
          message: "a trap that says \(mark): do it, or make it an issue"))
    }
    return result
  }

  /// `try!` turns an error into a crash without a word about it.
  static func forceTry(_ file: SourceFile) -> [Finding] {
    file.tokens.indices.compactMap { index in
      guard file.tokens.reads(["try", "!"], at: index) else { return nil }
      return Finding(
        rule: .forceTry, path: file.path, line: file.tokens[index].line,
        message: "try! hides the error; throw it on, or handle it")
    }
  }
}
