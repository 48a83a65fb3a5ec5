//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Columns of text.
package struct TextTable {
  /// Longer cells are cut, if any are.
  private static let widestCell = 60

  let heads: [String]?
  let rows: [[String]]
  /// Columns whose cells stand at their right edge.
  let rightAligned: Set<Int>

  package init(
    heads: [String]? = nil, rows: [[String]], rightAligned: Set<Int>, cutsCells: Bool = true
  ) {
    self.heads = heads
    self.rows = cutsCells ? rows.map { $0.map(Self.shortened) } : rows
    self.rightAligned = rightAligned
  }

  /// The lines as they are, without blanks at their ends.
  package var lines: [String] { lines(head: { $0 }, style: { $1 }) }

  /// The lines, without blanks at their ends.
  ///
  /// - Parameters:
  ///   - head: Says how the first is shown, if there are heads.
  ///   - style: Says so of the line of each row.
  func lines(head: (String) -> String, style: (Int, String) -> String) -> [String] {
    let all = (heads.map { [$0] } ?? []) + rows
    let widths = (all.first?.indices ?? 0..<0).map { column in
      all.map { $0[column].count }.max() ?? 0
    }
    let lines = all.map { row in
      row.indices.map { column in
        let isRight = rightAligned.contains(column)
        // Most of a long list's text is in its last column.
        if column == row.count - 1, !isRight { return row[column] }
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return isRight ? blanks + row[column] : row[column] + blanks
      }.joined(separator: "  ").droppingLastBlanks
    }
    let first = heads == nil ? 0 : 1
    return lines.prefix(first).map(head)
      + lines.dropFirst(first).enumerated().map { style($0, $1) }
  }

  private static func shortened(_ cell: String) -> String {
    cell.count <= widestCell ? cell : cell.prefix(widestCell - 1) + "…"
  }
}

extension String {
  fileprivate var droppingLastBlanks: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}
