//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

extension FuzzTarget {
  /// The text of a recipe, as somebody pastes it.
  static let recipe = FuzzTarget("recipe", seeds: RecipeTarget.seeds, RecipeTarget.check)
}

private enum RecipeTarget {
  static var seeds: [[UInt8]] {
    [
      "8839214571", "0x1f: 151@8837201 -> 80@1293847; #17=2, #19=0",
      "7: scheduling#100...=0, network/0-1@5; only faults(process.crash#2, network#3...5)",
      #"1: "a \"name\"\n\\"@3; without nodes(); only operations(x)"#,
    ].map { Array($0.utf8) }
  }

  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let text = String(decoding: input, as: UTF8.self)
    switch Result(catching: { () throws(RecipeError) in try Recipe(parsing: text) }) {
    case .success(let recipe):
      let written = "\(recipe)"
      let again = try? Recipe(parsing: written)
      try requireEqual(again, recipe, "a recipe is read otherwise than it is written")
      try requireEqual("\(again ?? 0)", written, "a recipe is written otherwise")
    case .failure(let error):
      try requireEqual(error.text, text, "an error is about another text")
      try require(1...text.count + 1 ~= error.column, "an error is at column \(error.column)")
      try require(!"\(error)".contains(where: \.isNewline), "an error has two lines: \(error)")
    }
    let breakpoints = try? Breakpoints(parsing: text)
    try requireEqual(
      breakpoints.flatMap { try? Breakpoints(parsing: "\($0)") }, breakpoints,
      "breakpoints are read otherwise than they are written")
  }
}
