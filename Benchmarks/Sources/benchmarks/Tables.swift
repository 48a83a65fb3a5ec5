//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import Workloads

/// Two tables: what a simulation costs, and what its absence costs.
struct Tables {
  var rows: [Row]
  var hasInstructions: Bool

  func render(asMarkdown: Bool) -> String {
    func table(_ table: Table) -> String { asMarkdown ? table.markdown : table.text }
    var parts = [
      "Processor time in nanoseconds per operation (min / median), on one processor.",
      table(simulation), Self.notes,
    ]
    if rows.contains(where: { $0.processor[.routed] != nil }) {
      parts += ["Without a simulation: the same workloads on the stock executor.", table(absence)]
    }
    if rows.contains(where: { plain($0) != nil }) {
      parts += ["What it costs to watch: the same seeds without and with.", table(watching)]
    }
    return parts.joined(separator: "\n\n")
  }

  private var simulation: Table {
    var header = ["workload", "per", "simulated", "every hop", "stock", "ratio", "target"]
    if hasInstructions { header += ["I simulated", "I stock", "I moonpool (Rust)", "I madsim"] }
    header += ["moonpool (Rust)", "madsim", "turmoil"]
    var table = Table(header: header)
    for row in rows {
      let published = row.published
      var cells = [row.workload.name, row.workload.operation]
      cells += [both(row.processor[.sim]), figure(row.processor[.hops]?.minimum)]
      cells += [
        both(row.processor[.stock]) + (row.isStockReal ? " †" : ""), ratio(row.ratio(.sim)),
      ]
      cells += [figure(published.target)]
      if hasInstructions {
        cells += [figure(row.instructions[.sim]), figure(row.instructions[.stock])]
        cells += [figure(published.moonpoolInstructions), figure(published.madsimInstructions)]
      }
      cells += [published.moonpool, published.madsim, published.turmoil].map(figure)
      table.append(cells)
    }
    return table
  }

  private var absence: Table {
    var header = ["workload", "per", "without Moonpool", "with Moonpool", "ratio"]
    if hasInstructions { header += ["I without", "I with", "ratio"] }
    var table = Table(header: header)
    for row in rows where row.processor[.routed] != nil && !row.isStockReal {
      var cells = [row.workload.name, row.workload.operation]
      cells += [
        both(row.processor[.stock]), both(row.processor[.routed]), ratio(row.ratio(.routed)),
      ]
      if hasInstructions {
        let (without, with) = (row.instructions[.stock], row.instructions[.routed])
        cells += [figure(without), figure(with)]
        cells.append(ratio(with.flatMap { with in without.map { with / $0 } }))
      }
      table.append(cells)
    }
    return table
  }

  private var watching: Table {
    var header = ["workload", "without", "with", "ratio"]
    if hasInstructions { header += ["I without", "I with", "ratio"] }
    var table = Table(header: header)
    for row in rows {
      guard let plain = plain(row) else { continue }
      let (without, with) = (plain.processor[.sim], row.processor[.sim])
      var cells = [row.workload.name, both(without), both(with)]
      cells.append(ratio(without.flatMap { without in with.map { $0.minimum / without.minimum } }))
      if hasInstructions {
        let (without, with) = (plain.instructions[.sim], row.instructions[.sim])
        cells += [figure(without), figure(with)]
        cells.append(ratio(with.flatMap { with in without.map { with / $0 } }))
      }
      table.append(cells)
    }
    return table
  }

  /// What a row is compared with, if that was measured, too.
  private func plain(_ row: Row) -> Row? {
    rows.first { $0.workload.name == row.workload.plain }
  }

  private func both(_ cost: Cost?) -> String {
    cost.map { "\(figure($0.minimum)) / \(figure($0.median))" } ?? "–"
  }

  private func ratio(_ value: Double?) -> String { value.map { decimal($0, places: 2) } ?? "–" }

  private static let notes = """
    simulated: uniform strategy, calls to idle actors run inline. every hop: each such call is a \
    scheduling point. stock: the toolchain's global executor, in an executable without Moonpool. \
    † Sleeps are real there: processor time per sleep, no comparison.
    Peers are figures published for the same kind of machine, measured on another day: times \
    differ by a fifth for that alone, instructions do not. moonpool (Rust) 0.8.0 without its \
    builder and without tracing, madsim 0.2.34, turmoil 0.7.2. A resume of continuation is half \
    of a channel's round trip there.
    Instructions of the stock executor vary from run to run (its threads meet differently under \
    callgrind); those of a simulation do not.
    """
}

extension Row {
  /// Whether the stock side really waited, so that it cannot be compared.
  var isStockReal: Bool { workload.name.hasPrefix("sleep") && processor[.stock] != nil }
}
