//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// The house rules (CONTRIBUTING.md), checked on the package's own text.
@Suite struct TidinessTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func `the package keeps its own rules`() throws {
    let tree = try SourceTree(root: Self.root)
    let findings = Tidiness.findings(in: tree)
    for finding in findings { Issue.record("\(finding)") }
  }

  /// A checker that reads nothing finds nothing, so what it read is checked too.
  @Test func `the checker sees the package`() throws {
    let tree = try SourceTree(root: Self.root)
    let read = Set(tree.files.map(\.path))
    let expected = [
      "Package.swift", "README.md", "CONTRIBUTING.md", ".ci/run", "Scripts/test", "Scripts/setup",
      "Sources/CMoonpoolRuntime/internal.h", "Tests/TidinessTests/TidinessTests.swift",
      "Sources/MoonpoolRuntime/Documentation.docc/MoonpoolRuntime.md",
    ]
    #expect(expected.filter { !read.contains($0) } == [])
    #expect(read.filter { $0.contains(".build") } == [])
  }
}
