//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The findings of one rule in one snippet, as line numbers, with the whole checker around it.
func lines(
  of rule: RuleName, in text: String, at path: String = "Sources/MoonpoolRuntime/Snippet.swift",
  beside others: [String: String] = [:]
) -> [Int] {
  let tree = SourceTree(others.merging([path: text]) { _, new in new })
  return Tidiness.findings(in: tree)
    .filter { $0.rule == rule && $0.path == path }
    .map(\.line)
}

let licence = """
  //===----------------------------------------------------------------------===//
  //
  // This source file is part of the Moonpool for Swift project
  //
  // Licensed under the Apache License, Version 2.0
  //
  //===----------------------------------------------------------------------===//

  """

/// A body of so many lines that all read alike.
func repeated(_ line: String, _ count: Int) -> String {
  Array(repeating: line, count: count).joined(separator: "\n")
}
