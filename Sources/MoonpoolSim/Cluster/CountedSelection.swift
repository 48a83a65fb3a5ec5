//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// Counts by their names what a recipe can leave out of a run, and says what it does.
struct CountedSelection {
  /// What takes part; nil: everything.
  let selection: Selection?
  /// How many there were of each name. Only looked up or sorted: no order follows from it.
  private var numbers: [String: UInt64] = [:]

  init(_ selection: Selection?) { self.selection = selection }

  /// Another one of that name.
  ///
  /// - Returns: Which of that name it is, from 1, and whether it takes part.
  mutating func next(_ name: String) -> (number: UInt64, takesPart: Bool) {
    let number = (numbers[name] ?? 0) + 1
    numbers[name] = number
    return (number, selection?.includes(name, number) ?? true)
  }

  /// How many there were of each name, those that were left out included, by name.
  var counts: [(name: String, count: UInt64)] {
    numbers.map { (name: $0.key, count: $0.value) }.sorted { $0.name < $1.name }
  }
}
