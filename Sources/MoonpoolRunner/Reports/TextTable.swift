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

  /// The lines, without blanks at their ends.
  package var lines: [String] {
    let all = [heads] + rows
    let widths = heads.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return rightAligned.contains(column) ? blanks + row[column] : row[column] + blanks
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func shortened(_ cell: String) -> String {
    cell.count <= widestCell ? cell : cell.prefix(widestCell - 1) + "…"
  }
}
