//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Removes as much of a list as can go (Zeller and Hildebrandt, "Simplifying and Isolating
/// Failure-Inducing Input", 2002): halves first, then smaller and smaller parts.
///
/// - Parameters:
///   - items: What there is.
///   - firstThatFails: Given lists that each lack a part, says which is the first that still fails.
/// - Returns: What is left; of that no single item can go, unless `firstThatFails` gave up.
package func deltaDebugged<Item>(
  _ items: [Item], firstThatFails: ([[Item]]) throws(RunnerError) -> Int?
) throws(RunnerError) -> [Item] {
  var items = items
  var partCount = 2
  while !items.isEmpty {
    let parts = divided(items, into: min(partCount, items.count))
    let rests = parts.map { Array(items[..<$0.lowerBound] + items[$0.upperBound...]) }
    if let index = try firstThatFails(rests) {
      items = rests[index]
      partCount = max(partCount - 1, 2)
    } else if partCount >= items.count {
      break
    } else {
      partCount = min(2 * partCount, items.count)
    }
  }
  return items
}

/// The places of an array in parts of about the same size.
private func divided<Item>(_ items: [Item], into count: Int) -> [Range<Int>] {
  (0..<count).map { ($0 * items.count / count)..<(($0 + 1) * items.count / count) }
}
