//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct DocumentationTests {
  @Test(arguments: [
    "public func f() {}", "public struct S {}", "public static let x = 1", "public init() {}",
    "public private(set) var x = 1", "open class C {}", "public nonisolated func f() {}",
    "public protocol P {}", "public typealias A = Int", "public static func + (a: S, b: S) {}",
    "@inlinable\npublic func f() {}", "@inlinable public func f() {}",
  ])
  func `public declarations say what they are`(_ code: String) {
    let line = code.split(separator: "\n").count
    #expect(lines(of: .documentation, in: "let a = 1\n\(code)\n") == [line + 1])
    #expect(lines(of: .documentation, in: "/// Does it.\n\(code)\n").isEmpty)
    #expect(lines(of: .documentation, in: "/** Does it. */\n\(code)\n").isEmpty)
    #expect(lines(of: .documentation, in: "// Does it.\n\(code)\n") == [line + 1])
    #expect(lines(of: .documentation, in: "/// Not about it.\n\n\(code)\n") == [line + 2])
    let test = "Tests/MoonpoolRuntimeTests/A.swift"
    #expect(lines(of: .documentation, in: "\(code)\n", at: test).isEmpty)
  }

  @Test func `attributes over several lines stand between`() {
    let text =
      "/// Does it.\n@available(\n  macOS 15, *\n)\n#if DEBUG\npublic func f() {}\n#endif\n"
    #expect(lines(of: .documentation, in: text).isEmpty)
  }

  @Test(arguments: [
    "func f() {}", "public import A", "public extension A {}",
    "public var description: String { \"\" }",
    "public static func == (a: S, b: S) -> Bool { true }", "open()\nlet x = 1",
    "public init(from decoder: any Decoder) throws {}", "package func f() {}",
  ])
  func `the rest needs none`(_ code: String) {
    #expect(lines(of: .documentation, in: "let a = 1\n\(code)\n").isEmpty)
  }

  @Test func `what fulfils a requirement inherits its text`() {
    let others = [
      "Sources/MoonpoolRuntime/P.swift": """
      /// Chooses.
      public protocol Chooser {
        /// The next.
        func choose() -> Int
      }

      """
    ]
    let code =
      "/// First.\npublic struct First: Chooser {\n  public func choose() -> Int { 0 }\n}\n"
    let path = "Sources/MoonpoolRuntime/First.swift"
    #expect(lines(of: .documentation, in: code, at: path, beside: others).isEmpty)
    #expect(lines(of: .documentation, in: code, at: path) == [3])
    let other = code.replacing("choose", with: "pick")
    #expect(lines(of: .documentation, in: other, at: path, beside: others) == [3])
  }

  @Test func `requirements of a public protocol`() {
    let text = """
      /// Chooses.
      public protocol P {
        /// The next.
        mutating func next(of: (Int, Int)) -> Int
        var name: String { get }
        associatedtype A
      }

      """
    #expect(lines(of: .documentation, in: text) == [5, 6])
    let local = text.split(separator: "\n").dropFirst().joined(separator: "\n")
      .replacing("public protocol", with: "protocol")
    #expect(lines(of: .documentation, in: local + "\n").isEmpty)
  }
}
