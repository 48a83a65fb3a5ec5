//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct LexerTests {
  private func words(_ text: String, _ dialect: Lexer.Dialect = .swift) -> [String] {
    var lexer = Lexer(text: text, dialect: dialect)
    lexer.run()
    return lexer.tokens.filter { $0.kind == .word }.map(\.text)
  }

  private func strings(_ text: String) -> [String] {
    var lexer = Lexer(text: text, dialect: .swift)
    lexer.run()
    return lexer.tokens.filter { $0.kind == .string }.map(\.text)
  }

  @Test func `comments are no code`() {
    #expect(words("a // b\nc /* d /* e */ f */ g") == ["a", "c", "g"])
    #expect(words("a // b\nc /* d /* e */ f", .c) == ["a", "c", "f"])
  }

  @Test func `strings are no code, what they interpolate is`() {
    #expect(words(#"a "b \(c("d")) e" f"#) == ["a", "c", "f"])
    #expect(strings(#"a "b \(c("d")) e" f"#) == ["b  e", "d"])
    #expect(words("a \"b\\\"c\" d") == ["a", "d"])
  }

  @Test func `raw and multi-line strings`() {
    #expect(words("a #\"b \" c \\(d)\"# e") == ["a", "e"])
    #expect(words("a #\"b \\#(c) d\"# e") == ["a", "c", "e"])
    #expect(words("a \"\"\"\n b \" c\n \"\"\" d") == ["a", "d"])
    #expect(words("a #/\"/# b") == ["a", "b"])
  }

  @Test func `lines count on through strings and comments`() {
    var lexer = Lexer(text: "/* 1\n2 */ \"\"\"\n3\n\"\"\"\nlast", dialect: .swift)
    lexer.run()
    #expect(lexer.tokens.last == Token(kind: .word, text: "last", line: 5))
    #expect(lexer.comments.map(\.line) == [1, 2])
  }

  @Test func `C: characters and preprocessor lines`() {
    #expect(words("a '\"' b", .c) == ["a", "b"])
    #expect(words("#define X { \\\n  y\na", .c) == ["a"])
  }

  @Test func `a name in backticks is one word`() {
    #expect(words("func `let it be`()") == ["func", "`let it be`"])
  }

  @Test(arguments: ["\"open", "/* open", "\"\\(open", "'x", "\"\"\"\nx", "`x", "#\"x\\"])
  func `unfinished text ends`(_ text: String) {
    _ = words(text)
    _ = words(text, .c)
  }
}
