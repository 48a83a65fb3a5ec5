//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import HuntSupport
import MoonpoolRuntime
import RaceCatalog

/// Two stories side by side, with a mark where they part.
struct Columns {
  let left: [String]
  let right: [String]
  let leftTitle: String
  let rightTitle: String
  /// The row of the first difference, or nil if one story is the other.
  let parting: Int?

  init(passing: Told, failing: Told) {
    let names = (passing.notes + failing.notes).map(\.task.count).max() ?? 0
    left = passing.notes.map { Self.line($0, names) }
    right = failing.notes.map { Self.line($0, names) }
    leftTitle = "passes (seed \(passing.report.seed))"
    rightTitle = "fails (seed \(failing.report.seed))"
    let common = commonPrefix(passing.notes, failing.notes)
    parting = common < max(left.count, right.count) ? common : nil
  }

  static func line(_ note: Note, _ nameWidth: Int) -> String {
    padded(note.task, nameWidth) + "  " + note.text
  }

  func text(_ style: Style) -> String {
    let width = (left + [leftTitle]).map(\.count).max() ?? 0
    var lines = [style.dim("    " + padded(leftTitle, width + 5) + rightTitle)]
    for row in 0..<max(left.count, right.count) {
      let first = padded(row < left.count ? left[row] : "", width)
      let second = row < right.count ? right[row] : ""
      let isParting = row == parting
      let line = "  \(isParting ? ">" : " ") \(first)  \(isParting ? ">" : " ")  \(second)"
      lines.append(isParting ? style.highlighted(line) : trimmed(line))
    }
    return lines.joined(separator: "\n")
  }
}

private func trimmed(_ line: String) -> String {
  var line = line
  while line.last == " " { line.removeLast() }
  return line
}
