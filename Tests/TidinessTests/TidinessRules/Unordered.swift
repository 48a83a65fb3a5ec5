//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Ways to walk a collection whose result keeps the order of the walk.
private let walks: Set<String> = [
  "forEach", "map", "compactMap", "flatMap", "reduce", "first", "randomElement", "popFirst",
]

extension Tidiness {
  /// The order of a `Set` or `Dictionary` is no part of a seed, so nothing may follow from it.
  ///
  /// A heuristic over one file: it knows the names that the file declares as such collections,
  /// and takes `.keys` and `.values` of anything for a dictionary's.
  static func unordered(_ file: SourceFile) -> [Finding] {
    let tokens = file.tokens
    let names = unorderedNames(tokens)
    var result: [Finding] = []
    func report(_ index: Int, _ name: String) {
      result.append(
        Finding(
          rule: .unordered, path: file.path, line: tokens[index].line,
          message: "the order of '\(name)' differs from run to run; sort it first"))
    }
    for index in tokens.indices where tokens[index].kind == .word {
      if tokens[index].text == "for", let walked = walkedName(tokens, for: index, names: names) {
        report(index, walked)
      } else if let walked = methodWalk(tokens, at: index, names: names) {
        report(index, walked)
      }
    }
    return result
  }

  /// Names declared in the file as `Set<…>`, `Dictionary<…>`, `[Key: Value]` or made as one.
  private static func unorderedNames(_ tokens: [Token]) -> Set<String> {
    var names: Set<String> = []
    for index in tokens.indices where tokens[index].kind == .word {
      let separator = tokens.text(index + 1)
      guard separator == ":" || separator == "=" else { continue }
      var type = index + 2
      while ["inout", "borrowing", "consuming", "any"].contains(tokens.text(type)) { type += 1 }
      let isNamed = ["Set", "Dictionary"].contains(tokens.text(type))
      if isNamed && ["<", "("].contains(tokens.text(type + 1)) || isDictionaryType(tokens, type) {
        names.insert(tokens[index].text)
      }
    }
    return names
  }

  /// `[Key: Value]` as a type or a literal: a colon directly inside the brackets.
  private static func isDictionaryType(_ tokens: [Token], _ open: Int) -> Bool {
    guard tokens.reads(["["], at: open) else { return false }
    let end = tokens.closing(open)
    var index = open + 1
    while index < end {
      if tokens[index].kind == .symbol {
        if tokens[index].text == ":" { return true }
        if ["(", "[", "{"].contains(tokens[index].text) { index = tokens.closing(index) }
        if tokens.text(index) == "?" { return false }  // a conditional expression
      }
      index += 1
    }
    return false
  }

  /// What `for … in <this> {` walks, when it is unordered and not sorted on the way.
  private static func walkedName(
    _ tokens: [Token], for start: Int, names: Set<String>
  ) -> String? {
    var index = start + 1
    while index < tokens.count, tokens[index].text != "in" {
      if tokens[index].text == "{" || tokens[index].text == ";" { return nil }
      index += 1
    }
    var path: [String] = []
    index += 1
    while index < tokens.count, !["{", "where"].contains(tokens[index].text) {
      let token = tokens[index]
      if token.kind == .word { path.append(token.text) }
      if ["(", "["].contains(token.text) { index = tokens.closing(index) }
      index += 1
    }
    if let view = path.last, path.count > 1, ["keys", "values"].contains(view) {
      return path.suffix(2).joined(separator: ".")
    }
    let core = path.last { !["enumerated", "filter", "lazy", "reversed", "prefix"].contains($0) }
    return core.flatMap { names.contains($0) ? $0 : nil }
  }

  /// `name.map`, `name.values.forEach`, `Array(name)` and their like.
  private static func methodWalk(
    _ tokens: [Token], at index: Int, names: Set<String>
  ) -> String? {
    let name = tokens[index].text
    if name == "Array", tokens.text(index + 1) == "(" {
      let end = tokens.closing(index + 1)
      let last = tokens.text(end - 1)
      let isView = ["keys", "values"].contains(last) && tokens.text(end - 2) == "."
      guard names.contains(last) || isView, tokens.text(end + 2) != "sorted" else { return nil }
      return last
    }
    let isView = ["keys", "values"].contains(name) && tokens.text(index - 1) == "."
    guard names.contains(name) || isView, tokens.reads(["."], at: index + 1),
      walks.contains(tokens.text(index + 2))
    else { return nil }
    return sortedLater(tokens, after: index + 2) ? nil : name
  }

  /// Whether the chain of calls goes on to `.sorted`, which makes the order whole again.
  private static func sortedLater(_ tokens: [Token], after method: Int) -> Bool {
    var index = method + 1
    while ["(", "{", "."].contains(tokens.text(index)) {
      if tokens.text(index) == "." {
        if ["sorted", "sort"].contains(tokens.text(index + 1)) { return true }
        index += 2
      } else {
        index = tokens.closing(index) + 1
      }
    }
    return false
  }
}
