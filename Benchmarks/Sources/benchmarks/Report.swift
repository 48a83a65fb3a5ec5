//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import Measurement
internal import Workloads

/// Runs every workload on every side, and prints what was found.
struct Report {
  private let arguments: Arguments
  private let workloads: [Workload]
  private let sides: [Side]
  private let repetitions: Int

  init(_ arguments: Arguments) {
    self.arguments = arguments
    repetitions = arguments.number("--repetitions") ?? 9
    workloads = Self.selected(arguments.value("--only"), from: Workload.all, name: \.name)
    sides = Self.selected(arguments.value("--sides"), from: Side.allCases, name: \.rawValue)
  }

  func run() {
    let instructions = arguments.value("--instructions").map(Instructions.init(path:))
    var rows: [Row] = []
    for workload in workloads {
      say(workload.name)
      rows.append(measure(workload, instructions: instructions?[workload.name] ?? [:]))
    }
    let tables = Tables(rows: rows, hasInstructions: instructions != nil)
    if arguments.contains("--json") {
      print(json(rows))
    } else {
      print(tables.render(asMarkdown: arguments.contains("--markdown")))
    }
  }

  /// The sides take turns, a few repetitions each, so that a noisy minute of the machine hits all
  /// of them.
  private func measure(_ workload: Workload, instructions: [Side: Double]) -> Row {
    let repetitionsPerTurn = 3
    var processor: [Side: [Double]] = [:]
    var wall: [Side: [Double]] = [:]
    let turns = (repetitions + repetitionsPerTurn - 1) / repetitionsPerTurn
    for turn in 0..<turns {
      for side in sides where side.runs(workload) {
        let count = side.isSimulated ? workload.count : workload.stockCount
        let left = repetitions - turn * repetitionsPerTurn
        let samples = child(workload, side, count, min(left, repetitionsPerTurn)).samples()
        processor[side, default: []] += samples.map { Double($0.processor) / Double(count) }
        wall[side, default: []] += samples.map { Double($0.wall) / Double(count) }
      }
    }
    var row = Row(workload: workload)
    row.processor = processor.compactMapValues(Cost.init)
    row.wall = wall.compactMapValues(Cost.init)
    row.instructions = instructions
    return row
  }

  /// A process for one side; pinned to one processor, because the stock executor otherwise spreads
  /// over all of them and pays for that.
  private func child(_ workload: Workload, _ side: Side, _ count: Int, _ repetitions: Int) -> Child
  {
    let cpu = arguments.value("--cpu") ?? "1"
    let pinning = cpu == "any" ? [] : ["taskset", "-c", cpu]
    let executable = Child.executable(named: side == .stock ? "benchmarks-stock" : nil)
    return Child(
      pinning + [
        executable, "--workload", workload.name, "--side", side.rawValue, "--count", "\(count)",
        "--repetitions", "\(repetitions)",
      ])
  }

  /// The members of a comma-separated list, in the order of `all`; everything without a list.
  private static func selected<Element>(
    _ list: String?, from all: [Element], name: (Element) -> String
  ) -> [Element] {
    guard let list else { return all }
    let names = list.split(separator: ",").map(String.init)
    for wanted in names where !all.contains(where: { name($0) == wanted }) {
      Arguments.fail("there is no '\(wanted)'; one of \(all.map(name))")
    }
    return all.filter { names.contains(name($0)) }
  }
}

extension Side {
  var isSimulated: Bool { self == .sim || self == .hops }

  /// Sides on which this workload means something.
  func runs(_ workload: Workload) -> Bool {
    switch self {
    case .sim: true
    case .hops: workload.body != nil && !workload.name.hasPrefix("decision")
    case .stock, .routed: workload.body != nil
    }
  }
}
