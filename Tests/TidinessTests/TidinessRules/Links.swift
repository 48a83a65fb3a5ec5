//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Tidiness {
  /// Relative links and `<doc:…>` references lead somewhere, and so do their `#anchors`.
  static func links(_ file: SourceFile, in tree: SourceTree) -> [Finding] {
    var result: [Finding] = []
    for (line, text) in proseLines(file) {
      for target in targets(text) {
        if let problem = problem(with: target, from: file, in: tree) {
          result.append(Finding(rule: .link, path: file.path, line: line, message: problem))
        }
      }
    }
    return result
  }

  /// The lines outside code fences, with inline code blanked out.
  private static func proseLines(_ file: SourceFile) -> [(line: Int, text: String)] {
    var result: [(Int, String)] = []
    var fenced = false
    for (index, line) in file.lines.enumerated() {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        fenced.toggle()
      } else if !fenced {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        let prose = parts.enumerated().map { $0.offset % 2 == 0 ? $0.element : " " }
        result.append((index + 1, prose.joined(separator: "`")))
      }
    }
    return result
  }

  private static func targets(_ text: String) -> [String] {
    var result: [String] = []
    for piece in pieces(of: text, between: "](", and: ")") {
      result.append(String(piece.split(separator: " ").first ?? ""))
    }
    result += pieces(of: text, between: "<doc:", and: ">").map { "doc:" + $0 }
    if text.hasPrefix("["), let colon = text.firstRange(of: "]: ") {
      result.append(String(text[colon.upperBound...].split(separator: " ").first ?? ""))
    }
    return result
  }

  private static func pieces(of text: String, between open: String, and close: String)
    -> [Substring]
  {
    var result: [Substring] = []
    var rest = text[...]
    while let start = rest.firstRange(of: open) {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: close) else { break }
      result.append(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return result
  }

  private static func problem(
    with target: String, from file: SourceFile, in tree: SourceTree
  ) -> String? {
    if target.isEmpty { return "a link without a target" }
    if ["http://", "https://", "mailto:"].contains(where: target.hasPrefix) { return nil }
    let isArticle = target.hasPrefix("doc:")
    let parts = (isArticle ? target.dropFirst(4) : target[...])
      .split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let path: String
    if isArticle {
      path = article(parts[0], from: file, in: tree)
    } else {
      path = parts[0].isEmpty ? file.path : resolve(parts[0], from: file.path)
    }
    guard tree.paths.contains(path) else { return "'\(target)' leads nowhere" }
    guard parts.count > 1, let aim = tree.files.first(where: { $0.path == path }),
      aim.language == .markdown
    else { return nil }
    let anchors = Set(aim.lines.filter { $0.hasPrefix("#") }.map(slug))
    return anchors.contains(parts[1].lowercased()) ? nil : "'\(target)' names no heading"
  }

  /// The file of an article: anywhere in the same documentation catalog.
  private static func article(
    _ name: Substring, from file: SourceFile, in tree: SourceTree
  ) -> String {
    guard let catalog = file.path.firstRange(of: ".docc/") else { return "doc:\(name)" }
    let prefix = file.path[..<catalog.upperBound]
    return tree.paths.sorted().first {
      $0.hasPrefix(prefix) && $0.hasSuffix("/\(name).md")
    } ?? "doc:\(name)"
  }

  private static func resolve(_ target: Substring, from path: String) -> String {
    var components = path.split(separator: "/").dropLast()
    for part in target.split(separator: "/") where part != "." {
      if part == ".." {
        components = components.dropLast()
      } else {
        components.append(part)
      }
    }
    return components.joined(separator: "/")
  }

  /// The anchor of a heading: lower case, words joined by hyphens, no punctuation.
  private static func slug(_ heading: String) -> String {
    let title = heading.drop { $0 == "#" || $0 == " " }.lowercased()
    return String(
      title.compactMap { character in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || "-_".contains(character)
          ? character : nil
      })
  }
}
