//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct LengthTests {
  private let path = "Sources/MoonpoolRuntime/Snippet.swift"

  @Test func `a source file may have 400 lines`() {
    #expect(lines(of: .fileLength, in: repeated("//", 400) + "\n").isEmpty)
    #expect(lines(of: .fileLength, in: repeated("//", 401) + "\n") == [1])
    #expect(lines(of: .fileLength, in: repeated("//", 401) + "\n", at: "Sources/C/a.c") == [1])
  }

  @Test func `a test file may have 600`() {
    let test = "Tests/MoonpoolRuntimeTests/Snippet.swift"
    #expect(lines(of: .fileLength, in: repeated("//", 600) + "\n", at: test).isEmpty)
    #expect(lines(of: .fileLength, in: repeated("//", 601) + "\n", at: test) == [1])
  }

  @Test func `the list of long files lets them grow to 600`() {
    let long = SourceFile(path: path, text: repeated("//", 401) + "\n")
    let tooLong = SourceFile(path: path, text: repeated("//", 601) + "\n")
    let allowed = [path: "one table"]
    #expect(Tidiness.fileLength(long, allowed: allowed).isEmpty)
    #expect(Tidiness.fileLength(tooLong, allowed: allowed).count == 1)
  }

  @Test func `the list of long files holds no stale entry`() {
    let long = SourceTree([path: repeated("//", 401) + "\n"])
    let short = SourceTree([path: "//\n"])
    #expect(Tidiness.staleListEntries(in: long, allowed: [path: "one table"]).isEmpty)
    #expect(Tidiness.staleListEntries(in: long, allowed: [path: ""]).count == 1)
    #expect(Tidiness.staleListEntries(in: short, allowed: [path: "one table"]).count == 1)
    #expect(Tidiness.staleListEntries(in: SourceTree([:]), allowed: [path: "gone"]).count == 1)
  }

  @Test(arguments: [
    ("func f() async -> Int {", "}"), ("init(x: Int = { 1 }()) {", "}"), ("deinit {", "}"),
    ("subscript(i: Int) -> Int {", "}"), ("var x: Int {", "}"),
    ("static func == (a: S) -> Bool {", "}"),
    ("func `let it be`() {", "}"), ("func f<T>(_ t: T) -> [T] where T: P {", "}"),
  ])
  func `a Swift function may have 70 lines`(_ head: String, _ end: String) {
    let before = "struct S {\nvar stored: Int\n"
    let good = before + head + "\n" + repeated("  x()", 68) + "\n" + end + "\n}\n"
    let bad = before + head + "\n" + repeated("  x()", 69) + "\n" + end + "\n}\n"
    #expect(lines(of: .functionLength, in: good).isEmpty)
    #expect(lines(of: .functionLength, in: bad) == [3])
  }

  @Test func `types, requirements and strings are no functions`() {
    let type = "struct S {\n" + repeated("  let x = 1", 90) + "\n}\n"
    #expect(lines(of: .functionLength, in: type).isEmpty)
    let requirement = "protocol P {\n  func f()\n}\n" + type
    #expect(lines(of: .functionLength, in: requirement).isEmpty)
    let call = "func f() {\n  self.init(a)\n  let s = \"{\"\n}\n" + type
    #expect(lines(of: .functionLength, in: call).isEmpty)
    let branch = "if let s = S.init(a) {\n" + repeated("  x()", 90) + "\n}\n"
    #expect(lines(of: .functionLength, in: branch).isEmpty)
  }

  @Test(arguments: [
    "static int f(void (*g)(int), int x) {", "extern \"C\" {\nvoid f(void) {",
    "__attribute__((weak)) struct s *f(void)\n{", "#define M {\nvoid f(void) {",
  ])
  func `a C function may have 70 lines`(_ head: String) {
    let tail = head.hasPrefix("extern") ? "}\n}\n" : "}\n"
    let extra = head.hasPrefix("__attribute__") ? 1 : 0
    let good = head + "\n" + repeated("  x();", 68 - extra) + "\n" + tail
    let bad = head + "\n" + repeated("  x();", 69 - extra) + "\n" + tail
    #expect(lines(of: .functionLength, in: good, at: "Sources/C/a.c").isEmpty)
    #expect(lines(of: .functionLength, in: bad, at: "Sources/C/a.c").count == 1)
  }

  @Test(arguments: [
    "struct s {", "enum {", "static const int t[] = {", "typedef struct {",
    "static int (*t[])(void) = {", "typedef struct __attribute__((aligned(8))) {",
  ])
  func `a C table is no function`(_ head: String) {
    let text = head + "\n" + repeated("  1,", 90) + "\n};\nint f(void) { return 1; }\n"
    #expect(lines(of: .functionLength, in: text, at: "Sources/C/a.c").isEmpty)
  }
}
