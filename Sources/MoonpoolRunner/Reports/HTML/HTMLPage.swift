//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// Collects markup. Whatever comes from runs is escaped by whoever adds it.
struct HTMLPage {
  /// A row of a table: markup of its cells.
  struct Row {
    let cells: [String]
    /// The class of the row: `bad`, `warn`, or nothing.
    let mark: String

    init(_ cells: [String], mark: String = "") {
      self.cells = cells
      self.mark = mark
    }
  }

  private(set) var text = ""
  private var diagramCount = 0

  mutating func add(_ markup: String) { text += markup + "\n" }

  /// A table whose rows begin with a heading.
  ///
  /// - Parameter classes: Of the cells of some columns.
  mutating func table(
    _ heads: [String], numbers: Set<Int> = [], classes: [Int: String] = [:], id: String? = nil,
    _ rows: [Row]
  ) {
    func kind(_ column: Int) -> String {
      let names = [numbers.contains(column) ? "number" : nil, classes[column]].compactMap(\.self)
      return names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
    }
    let isNarrow = heads.count < 5 ? " class=\"narrow\"" : ""
    add("<div class=\"scroll\"><table\(isNarrow)\(id.map { " id=\"\($0)\"" } ?? "")><thead><tr>")
    for (column, head) in heads.enumerated() {
      add("<th scope=\"col\"\(kind(column))>\(head.escapedForHTML)</th>")
    }
    add("</tr></thead><tbody>")
    for row in rows {
      var line = row.mark.isEmpty ? "<tr>" : "<tr class=\"\(row.mark)\">"
      for (column, cell) in row.cells.enumerated() {
        line +=
          column == 0
          ? "<th scope=\"row\"\(kind(0))>\(cell)</th>" : "<td\(kind(column))>\(cell)</td>"
      }
      add(line + "</tr>")
    }
    add("</tbody></table></div>")
  }

  /// What did not hold; nothing if all did.
  mutating func violations(_ violations: [FailureDetails.PropertyFailure]) {
    guard !violations.isEmpty else { return }
    table(
      ["Violation", "Node", "sim_time", "Decision", "Job", "Place"], numbers: [2, 3, 4],
      classes: [5: "place"],
      violations.map {
        Row([
          $0.description.escapedForHTML, $0.node.escapedForHTML, $0.time.secondsText,
          $0.decisionCount.grouped, $0.jobCount.grouped, ($0.place ?? "").escapedForHTML,
        ])
      })
  }

  /// A command, with a button that copies it.
  mutating func command(_ command: String, id: String) {
    add(
      """
      <div class="command"><pre id="\(id)" tabindex="0">\(command.escapedForHTML)</pre>\
      <button type="button" data-copies="\(id)" hidden>Copy</button></div>
      """)
  }

  /// The command that runs a seed again.
  ///
  /// - Parameter executable: What it begins with, as it is: it may be several words, or none.
  mutating func replay(
    _ recipe: String, of scenario: String, by executable: String, id: String
  ) {
    let words = Shell.command("", "replay", scenario, recipe)
    command(executable.isEmpty ? words : "\(executable) \(words)", id: id)
  }

  /// A place for a diagram, and what it shows.
  mutating func diagram(_ run: SpaceTime) {
    let id = "diagram-\(diagramCount)"
    diagramCount += 1
    add(
      """
      <h4 class="diagram-title">Space-time diagram of seed \(run.recipe.escapedForHTML)</h4>
      <div class="diagram" id="\(id)"><noscript>The diagram needs JavaScript.</noscript></div>
      <script type="application/json" id="\(id)-data">\(run.scriptJSON)</script>
      """)
  }
}
