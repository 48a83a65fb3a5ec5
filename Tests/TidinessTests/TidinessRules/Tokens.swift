//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension [Token] {
  /// The text at an index, or an empty string beyond either end.
  func text(_ index: Int) -> String { indices.contains(index) ? self[index].text : "" }

  /// Whether the code from an index on reads so. String literals never match.
  func reads(_ pattern: [String], at index: Int) -> Bool {
    guard index >= 0, index + pattern.count <= count else { return false }
    for (offset, text) in pattern.enumerated() {
      let token = self[index + offset]
      guard token.kind != .string, token.text == text else { return false }
    }
    return true
  }

  /// The index of the bracket that closes the one at an index; the last index if none does.
  func closing(_ open: Int) -> Int {
    var depth = 0
    for index in open..<count where self[index].kind == .symbol {
      switch self[index].text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      default: continue
      }
      if depth == 0 { return index }
    }
    return count - 1
  }
}
