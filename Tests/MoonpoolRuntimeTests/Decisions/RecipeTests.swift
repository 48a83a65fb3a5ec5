//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

@Suite struct RecipeTests {
  @Test(arguments: [
    ("8839214571", "8839214571"),
    ("  7 ", "7"),
    ("0x1f", "31"),
    ("0XFFFFFFFFFFFFFFFF", "18446744073709551615"),
    ("8839214571: 151@8837201 -> 80@1293847", "8839214571: 151@8837201 -> 80@1293847"),
    ("8839214571: 151@8837201; #17=2, #40=0", "8839214571: 151@8837201; #17=2, #40=0"),
    ("7:151@0x10->80@2;#40=0,#17=0x2", "7: 151@16 -> 80@2; #17=2, #40=0"),
    ("7: #17=2", "7: #17=2"),
    ("7:scheduling#100...=0,network@0x4d", "7: scheduling#100...=0, network@77"),
    ("7: only faults()", "7: only faults()"),
    (
      "7: 1@2; #3=4; cost#1...=0; without nodes(kv#5); only faults(a.b#2,c#3...4,d)",
      "7: 1@2; #3=4; cost#1...=0; only faults(a.b#2, c#3...4, d); without nodes(kv#5)"
    ),
    (
      ##"7: without operations("a \"b\"\\ (c)#1"#2...2)"##,
      ##"7: without operations("a \"b\"\\ (c)#1"#2)"##
    ),
    ("7: without faults(network/0-1:x)", "7: without faults(network/0-1:x)"),
  ])
  func recipesAreRead(text: String, canonical: String) throws {
    let recipe = try Recipe(parsing: text)
    #expect(recipe.description == canonical)
    #expect(try Recipe(parsing: canonical) == recipe)
  }

  @Test func theFieldsAreWhatTheTextSays() throws {
    let recipe = try Recipe(parsing: "8839214571: 151@8837201 -> 80@1293847; #40=0, #17=2")
    #expect(recipe.seed == 8_839_214_571)
    #expect(
      recipe.breakpoints == [.init(count: 151, seed: 8_837_201), .init(count: 80, seed: 1_293_847)])
    #expect(recipe.edits == [.init(number: 17, value: 2), .init(number: 40, value: 0)])
    #expect(!recipe.isPlainSeed)
    #expect((7 as Recipe).isPlainSeed)
  }

  @Test(arguments: [
    ("", "column 1: found the end instead of a seed"),
    ("seed", "column 1: found 'seed' instead of a seed"),
    ("-1", "column 1: found '-' instead of a seed"),
    ("7x", "column 1: found '7x' instead of a seed"),
    ("0x", "column 1: found '0x' instead of a seed"),
    ("18446744073709551616", "column 1: the number is larger than 18446744073709551615"),
    ("7 8", "column 3: found '8' instead of ':' or the end"),
    ("7:", "column 3: found the end instead of a number of decisions"),
    ("7: 151", "column 7: found the end instead of '@' and a seed"),
    ("7: 151@", "column 8: found the end instead of a seed after '@'"),
    ("7: 151@9 ->", "column 12: found the end instead of a number of decisions"),
    ("7: 151@9 80@2", "column 10: found '80' instead of '->' and a breakpoint"),
    ("7: 151@9; 17=2", "column 11: found '17' instead of '#'"),
    ("7: #17", "column 7: found the end instead of '=' and a value"),
    ("7: #17=", "column 8: found the end instead of a value after '='"),
    ("7: #0=1", "column 5: there is no decision #0"),
    ("7: #17=1, #17=2", "column 12: decision #17 is edited twice"),
    ("7: #17=1;", "column 10: found the end instead of '#'"),
    ("7: #17=1 x", "column 10: found 'x' instead of ',' and an edit, or the end"),
    ("7: scheduling", "column 14: found the end instead of '#' or '@'"),
    ("7: scheduling#1=0", "column 16: found '=' instead of '...=0'"),
    ("7: only", "column 8: found the end instead of '#' or '@'"),
    ("7: only things(a)", "column 9: found 'things' instead of faults(, operations( or nodes("),
    ("7: only faults(a", "column 17: found the end instead of ',' or ')'"),
    ("7: only faults(,)", "column 16: found ',' instead of NAME, NAME#NUMBER"),
    ("7: only faults(a#0)", "column 18: 0...0 is no range"),
    ("7: only faults(a#5...4)", "column 18: 5...4 is no range"),
    ("7: only faults(\"a)", "column 16: the quotation mark is not closed"),
    ("7: only nodes(a); without nodes(b)", "column 19: there are two selections of nodes"),
  ])
  func mistakesAreNamed(text: String, reason: String) {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: text) }
    #expect(
      error?.description.hasPrefix("malformed recipe \"\(text)\", \(reason)") == true, "\(error!)")
    #expect(error?.description.contains("\n") == false)
  }

  /// Found by `Scripts/fuzz recipe`.
  @Test func anErrorHasOneLineWhateverTheTextIs() {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: "7\n\u{b}\u{2028}1") }
    #expect(
      error?.description.hasPrefix(
        #"malformed recipe "7\n\u{0B}\u{2028}1", column 3: found '\u{0B}' instead of ':'"#)
        == true, "\(error!)")
  }

  @Test func breakpointsStandAlone() throws {
    let text = "151@8837201 -> 80@1293847 -> 42@9918273"
    let breakpoints = try Breakpoints(parsing: text)
    #expect(breakpoints.description == text)
    #expect(breakpoints.map(\.count) == [151, 80, 42])
    #expect(try Breakpoints(parsing: " ").isEmpty)
    #expect(throws: RecipeError.self) { try Breakpoints(parsing: "1@2; #3=4") }
    #expect(throws: RecipeError.self) { try Breakpoints(parsing: "1@2,") }
  }

  @Test func everyRecipeSurvivesItsText() throws {
    try withDecisions(7) { decisions throws in
      let stream = decisions.stream(.custom("recipes"))
      for _ in 0..<500 {
        let shift = { UInt64(stream.int(in: 0...63)) }
        let breakpoints = (0..<stream.int(in: 0...4)).map { _ in
          Breakpoints.Element(count: stream.next() >> shift(), seed: stream.next() >> shift())
        }
        let edits = (0..<stream.int(in: 0...4)).map { _ in
          Recipe.Edit(number: stream.next() >> shift(), value: stream.next() >> shift())
        }
        var recipe = Recipe(
          seed: stream.next(), breakpoints: Breakpoints(breakpoints), edits: edits)
        let names = ["network", "a.b/c-1:d", "7th", "two words", "", "\"\\\n#;,()", "äöü"]
        func name() -> String { stream.element(of: names)! }
        recipe.streams = (0..<stream.int(in: 0...2)).map { _ in
          let number = stream.next() >> shift()
          return StreamRule(name(), stream.bool() ? .seed(number) : .zero(from: number))
        }
        for subject in Selection.Subject.allCases where stream.bool() {
          let parts = (0..<stream.int(in: 0...3)).map { _ in
            let first = 1 + ((stream.next() >> 1) >> shift())
            let numbers = first...(first + stream.uint64(below: 3))
            return Selection.Part(name(), stream.bool() ? numbers : nil)
          }
          recipe.select(Selection(stream.bool() ? .only : .without, subject, parts))
        }
        #expect(try Recipe(parsing: recipe.description) == recipe)
        #expect(try Breakpoints(parsing: recipe.breakpoints.description) == recipe.breakpoints)
      }
    }
  }

  @Test func selectionsTakeNamesNumbersAndBeginnings() throws {
    let recipe = try Recipe(parsing: "7: only faults(network#2...3, disk.stall); without nodes(kv)")
    let faults = try #require(recipe.selection(of: .faults))
    #expect(faults.includes("network.clog", 2) && faults.includes("network", 3))
    #expect(!faults.includes("network.clog", 1) && !faults.includes("network.clog", 4))
    #expect(!faults.includes("networks", 2) && !faults.includes("net", 2))
    #expect(faults.includes("disk.stall", 9) && !faults.includes("disk", 9))
    let nodes = try #require(recipe.selection(of: .nodes))
    #expect(!nodes.includes("kv", 1) && nodes.includes("kv2", 1))
    #expect(recipe.selection(of: .operations) == nil)
  }

  @Test func editsStaySortedAndUnique() {
    var recipe = Recipe(seed: 7, edits: [.init(number: 9, value: 1), .init(number: 3, value: 1)])
    recipe.edit(9, to: 2)
    recipe.edit(5, to: 0)
    recipe.edit(0, to: 0)
    #expect(recipe.description == "7: #3=1, #5=0, #9=2")
    recipe.removeEdit(of: 5)
    #expect(recipe.description == "7: #3=1, #9=2")
  }
}
