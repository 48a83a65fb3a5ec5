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
    ("7: #17=1;", "column 9: found ';' instead of ',' and an edit, or the end"),
  ])
  func mistakesAreNamed(text: String, reason: String) {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: text) }
    #expect(
      error?.description.hasPrefix("malformed recipe \"\(text)\", \(reason)") == true, "\(error!)")
    #expect(error?.description.contains("\n") == false)
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
        let recipe = Recipe(
          seed: stream.next(), breakpoints: Breakpoints(breakpoints), edits: edits)
        #expect(try Recipe(parsing: recipe.description) == recipe)
        #expect(try Breakpoints(parsing: recipe.breakpoints.description) == recipe.breakpoints)
      }
    }
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
