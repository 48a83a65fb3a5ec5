//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Columns of text.
package struct TextTable {
  /// Longer cells are cut.
  private static let widestCell = 60

  let heads: [String]
  let rows: [[String]]
  /// Columns whose cells stand at their right edge.
  let rightAligned: Set<Int>

  package init(heads: [String], rows: [[String]], rightAligned: Set<Int>) {
    self.heads = heads
    self.rows = rows.map { $0.map(Self.shortened) }
    self.rightAligned = rightAligned
  }

  /// The lines as they are, without blanks at their ends.
  package var lines: [String] { lines(head: { $0 }, style: { $1 }) }

  /// The lines, without blanks at their ends.
  ///
  /// - Parameters:
  ///   - head: Says how the first is shown.
  ///   - style: Says so of the line of each row.
  func lines(head: (String) -> String, style: (Int, String) -> String) -> [String] {
    let all = [heads] + rows
    let widths = heads.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.enumerated().map { number, row in
      let cells = row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return rightAligned.contains(column) ? blanks + row[column] : row[column] + blanks
      }
      let line = cells.joined(separator: "  ")
      let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
      return number == 0 ? head(trimmed) : style(number - 1, trimmed)
    }
  }

  private static func shortened(_ cell: String) -> String {
    cell.count <= widestCell ? cell : cell.prefix(widestCell - 1) + "…"
  }
}
