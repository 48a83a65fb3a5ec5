//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Text in columns, for a terminal or as Markdown. The first column is aligned to the left, the
/// others to the right.
public struct Table {
  private var rows: [[String]]

  public init(header: [String]) { rows = [header] }

  public mutating func append(_ row: [String]) { rows.append(row) }

  /// Columns as wide as their widest cell.
  public var text: String {
    rows.map { cells($0).joined(separator: "  ") }.joined(separator: "\n")
  }

  public var markdown: String {
    var lines = rows.map { "| " + cells($0).joined(separator: " | ") + " |" }
    let rule = widths.enumerated().map { index, width in
      index == 0
        ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
    }
    lines.insert("| " + rule.joined(separator: " | ") + " |", at: 1)
    return lines.joined(separator: "\n")
  }

  private var widths: [Int] {
    rows[0].indices.map { column in max(3, rows.map { $0[column].count }.max() ?? 0) }
  }

  private func cells(_ row: [String]) -> [String] {
    zip(row, widths).enumerated().map { index, cell in
      let space = String(repeating: " ", count: cell.1 - cell.0.count)
      return index == 0 ? cell.0 + space : space + cell.0
    }
  }
}
