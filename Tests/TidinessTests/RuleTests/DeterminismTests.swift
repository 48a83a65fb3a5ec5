//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct DeterminismTests {
  @Test(arguments: [
    "Date()", "Date.now", "ContinuousClock()", "ContinuousClock.now", "SuspendingClock()",
    "SystemRandomNumberGenerator()", "UUID()", "Int.random(in: 0..<9)", "Bool.random()",
    "xs.shuffled()", "xs.randomElement()", "DispatchQueue.main", "Thread.current",
    "try await Task.sleep(for: .seconds(1))", "\"\\(Date())\"",
  ])
  func `the simulator reads nothing ambient`(_ code: String) {
    let text = "let x = \(code)\n"
    #expect(lines(of: .ambient, in: text) == [1])
    #expect(lines(of: .ambient, in: text, at: "Sources/MoonpoolTesting/A.swift").isEmpty)
    #expect(lines(of: .ambient, in: text, at: "Tests/MoonpoolRuntimeTests/A.swift").isEmpty)
    #expect(lines(of: .ambient, in: "// \(text)").isEmpty)
  }

  @Test(arguments: [
    "Date(timeIntervalSince1970: 0)", "UpdateDate()", "ContinuousClock.Instant",
    "xs.shuffled(using: &r)",
    "Int.random(in: 0..<9, using: &stream)", "\"Date()\"", "ThreadSafe()", "Task.sleeping",
  ])
  func `what is given is not ambient`(_ code: String) {
    #expect(lines(of: .ambient, in: "let x = \(code)\n").isEmpty)
  }

  @Test func `the core does without Foundation`() {
    #expect(lines(of: .ambient, in: "internal import Foundation\n") == [1])
    #expect(lines(of: .ambient, in: "import FoundationEssentials\n") == [1])
    #expect(lines(of: .ambient, in: "import Glibc\n").isEmpty)
    let testing = "Sources/MoonpoolTesting/A.swift"
    #expect(lines(of: .ambient, in: "import Foundation\n", at: testing).isEmpty)
  }

  @Test(arguments: [
    "for x in names {}", "for (i, x) in self.names.enumerated() {}", "names.forEach { _ in }",
    "let a = names.map { $0 }", "for x in names.filter { $0 > 1 } {}", "let a = Array(names)",
    "for k in other.keys {}", "for v in a.b.values {}", "let a = other.values.map { $0 }",
    "let a = Array(other.keys)", "let a = names.first",
  ])
  func `nothing walks a set or dictionary`(_ code: String) {
    for type in ["Set<Int>", "[Int: Int]", "Dictionary<Int, Int>"] {
      #expect(lines(of: .unordered, in: "var names: \(type)\n\(code)\n") == [2])
    }
    #expect(lines(of: .unordered, in: "var names = Set<Int>()\n\(code)\n") == [2])
    #expect(lines(of: .unordered, in: "var names = [1: 2]\n\(code)\n") == [2])
  }

  @Test(arguments: [
    "for x in names.sorted() {}", "for k in other.keys.sorted() {}", "let n = names.count",
    "let a = names.map { $0 }.sorted()", "let a = Array(names).sorted()", "names.insert(1)",
    "for x in others {}",
    "for x in values {}", "if names.contains(1) {}", "let f = \\.keys", "// for x in names {}",
  ])
  func `order or none is fine`(_ code: String) {
    #expect(lines(of: .unordered, in: "var names: Set<Int>\n\(code)\n").isEmpty)
  }

  @Test func `an array may be walked`() {
    let text = "var names: [Int]\nvar more = [1, x ? 2 : 3]\nfor x in names {}\nfor x in more {}\n"
    #expect(lines(of: .unordered, in: text).isEmpty)
  }
}
