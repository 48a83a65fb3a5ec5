//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct TextTests {
  @Test func `code needs the licence header`() {
    #expect(lines(of: .header, in: "let x = 1\n") == [1])
    #expect(lines(of: .header, in: licence + "\nlet x = 1\n").isEmpty)
    #expect(lines(of: .header, in: "int x;\n", at: "Sources/C/include/a.h") == [1])
    #expect(lines(of: .header, in: "let x = 1\n", at: "Examples/A/main.swift") == [1])
    #expect(lines(of: .header, in: "// swift-tools-version: 6.2\n", at: "Package.swift").isEmpty)
    let nested = "Benchmarks/Package.swift"
    #expect(lines(of: .header, in: "// swift-tools-version: 6.2\n", at: nested).isEmpty)
    let quoted = "let s = \"\"\"\n" + repeated("x", 9) + "\n" + licence + "\"\"\"\n"
    #expect(lines(of: .header, in: quoted) == [1])
  }

  @Test(arguments: ["a.js", "a.css"])
  func `what pages are made of has a header and a length`(name: String) {
    let path = "Sources/A/\(name)"
    #expect(lines(of: .header, in: "x\n", at: path) == [1])
    #expect(lines(of: .header, in: licence + "x\n", at: path).isEmpty)
    #expect(lines(of: .fileLength, in: repeated("x", 401) + "\n", at: path) == [1])
    #expect(lines(of: .columns, in: "y " + String(repeating: "x", count: 119), at: path) == [1])
    #expect(lines(of: .columns, in: "y " + String(repeating: "x", count: 118), at: path) == [])
  }

  @Test func `tabs and trailing white space`() {
    #expect(lines(of: .whitespace, in: "a\n\tb\nc \nd\r\n") == [2, 3, 4])
    #expect(lines(of: .whitespace, in: "a\n\tb\n", at: "README.md") == [2])
    #expect(lines(of: .whitespace, in: "a\n  b\n", at: "README.md").isEmpty)
  }

  @Test func `one newline ends the file`() {
    #expect(lines(of: .whitespace, in: "a") == [1])
    #expect(lines(of: .whitespace, in: "a\n\n") == [2])
    #expect(lines(of: .whitespace, in: "a\n").isEmpty)
  }

  @Test func `columns`() {
    let word = String(repeating: "x", count: 97)
    #expect(lines(of: .columns, in: "y " + word + "x\n").isEmpty)
    #expect(lines(of: .columns, in: "y " + word + "xx\n") == [1])
    #expect(lines(of: .columns, in: "y " + word + "xx\n", at: "Sources/C/a.c").isEmpty)
    #expect(lines(of: .columns, in: "y " + word + word + "\n", at: "Sources/C/a.c") == [1])
    #expect(lines(of: .columns, in: "/// https://" + word + "\n").isEmpty)
    #expect(lines(of: .columns, in: "y " + String(repeating: "é", count: 98) + "\n").isEmpty)
  }

  @Test(arguments: ["TODO", "FIXME", "XXX"])
  func `nothing is left for later`(_ mark: String) {
    #expect(lines(of: .leftover, in: "let x = 1  // \(mark): later\n") == [1])
    #expect(lines(of: .leftover, in: "/* a\n\(mark) */\n", at: "Sources/C/a.c") == [2])
    #expect(lines(of: .leftover, in: "# \(mark)\n", at: "Scripts/test") == [1])
    #expect(lines(of: .leftover, in: "fatalError(\"\(mark)\")\n") == [1])
    #expect(lines(of: .leftover, in: "fatalError(\"no \(mark)\")\n").isEmpty)
    #expect(lines(of: .leftover, in: "let \(mark) = \"\(mark)\"  // \(mark)S\n").isEmpty)
  }

  @Test func `a forced try`() {
    #expect(lines(of: .forceTry, in: "let x = try! f()\n") == [1])
    #expect(lines(of: .forceTry, in: "let x = try f()  // try!\nlet y = try? f()\n").isEmpty)
  }
}
