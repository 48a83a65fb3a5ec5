//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct LinkTests {
  private let others = [
    "CONTRIBUTING.md": "# How to help\n\n## Budgets, and why\n", "Sources/A/a.swift": "",
    "Sources/A/A.docc/Verdicts.md": "# Verdicts\n",
  ]

  private func broken(_ text: String, at path: String = "README.md") -> [Int] {
    lines(of: .link, in: text + "\n", at: path, beside: others)
  }

  @Test(arguments: [
    "[a](CONTRIBUTING.md)", "[a](Sources/A)", "[a](./Sources/A/a.swift)",
    "[a](https://x.invalid/y)",
    "[a](CONTRIBUTING.md#budgets-and-why)", "`[a](gone.md)`", "```\n[a](gone.md)\n```",
    "# A title\n[a](#a-title)", "[a]: CONTRIBUTING.md", "![a](CONTRIBUTING.md \"title\")",
  ])
  func `links that lead somewhere`(_ text: String) { #expect(broken(text).isEmpty) }

  @Test(arguments: [
    "[a](gone.md)", "x [a](README.md) [b](gone.md)", "[a](CONTRIBUTING.md#nowhere)",
    "[a](#nowhere)",
    "[a]: gone.md", "![a](gone.png)", "[a]()", "<doc:Verdicts>",
  ])
  func `links that lead nowhere`(_ text: String) { #expect(broken(text) == [1]) }

  @Test func `links are relative to their file`() {
    let path = "Sources/A/A.docc/A.md"
    #expect(broken("[a](../../../CONTRIBUTING.md)", at: path).isEmpty)
    #expect(broken("[a](CONTRIBUTING.md)", at: path) == [1])
  }

  @Test func `articles of the same catalog`() {
    #expect(broken("<doc:Verdicts>", at: "Sources/A/A.docc/A.md").isEmpty)
    #expect(broken("<doc:Gone>", at: "Sources/A/A.docc/A.md") == [1])
  }
}
