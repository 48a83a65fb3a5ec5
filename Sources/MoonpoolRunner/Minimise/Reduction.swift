//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// The search for what can go.
struct Reduction {
  /// What chance decides besides faults: the schedule, the world's delays, and what users draw.
  static let domains = [
    "scheduling", "hops", "cost", "timers", "network", "storage", "disk", "kernel",
  ]

  private let scenario: Scenario
  private let trials: Trials
  /// The smallest recipe so far.
  private(set) var recipe: Recipe
  /// What happens in it.
  private(set) var details: FailureDetails

  init(_ scenario: Scenario, _ recipe: Recipe, _ details: FailureDetails, _ trials: Trials) {
    self.scenario = scenario
    self.recipe = recipe
    self.details = details
    self.trials = trials
  }

  mutating func run() throws(RunnerError) {
    try removeFaults()
    try removeNodes()
    try removeOperations()
    try removeChance()
    // With less chance a fault may have become superfluous.
    try removeSingleFaults()
  }

  // MARK: Steps

  private mutating func removeFaults() throws(RunnerError) {
    if try take([recipe.with(faults: [])]) { return }
    var names: [String] = []
    for fault in details.strikes where !names.contains(fault.name) { names.append(fault.name) }
    let base = recipe
    try reduce(names) { names in
      base.with(faults: names.map { Selection.Part($0) })
    }
    try removeSingleFaults()
  }

  private mutating func removeSingleFaults() throws(RunnerError) {
    let base = recipe
    let faults = details.strikes
    // What comes after them isn't missed if it doesn't happen.
    guard try take([base.with(faults: faults.map(\.part))]) else { return }
    try reduce(faults) { base.with(faults: $0.map(\.part)) }
  }

  private mutating func removeNodes() throws(RunnerError) {
    let groups =
      scenario.processes.map { ($0.name, $0.count) } + scenario.clients.map { ($0.name, $0.count) }
    for (name, count) in groups where count.count > 1 {
      let least = UInt64(count.lowerBound)
      // As few as may be, or else one after the other.
      let sizes = least..<UInt64(count.upperBound)
      let base = recipe
      _ = try take(
        sizes.map { size in
          base.without(nodes: Selection.Part(name, (size + 1)...UInt64(count.upperBound)))
        })
    }
  }

  private mutating func removeOperations() throws(RunnerError) {
    let operations = details.operations.flatMap { operation in
      (1...max(1, operation.count)).map { Selection.Part(operation.name, $0...$0) }
    }
    guard !operations.isEmpty else { return }
    let base = recipe
    try reduce(operations) { base.with(operations: $0) }
  }

  private mutating func removeChance() throws(RunnerError) {
    let base = recipe
    let isFixed = Set(recipe.streams.map(\.name))
    let domains = Self.domains.filter { !isFixed.contains($0) }
    try reduce(domains) { left in
      var calm = base
      calm.streams += domains.filter { !left.contains($0) }.map { StreamRule($0, .zero(from: 1)) }
      return calm
    }
  }

  // MARK: Trying

  /// Keeps the first of some recipes that fails; false if none does.
  private mutating func take(_ candidates: [Recipe]) throws(RunnerError) -> Bool {
    guard let (recipe, details) = try trials.first(of: candidates) else { return false }
    (self.recipe, self.details) = (recipe, details)
    return true
  }

  private mutating func reduce<Item>(
    _ items: [Item], _ recipe: ([Item]) -> Recipe
  ) throws(RunnerError) {
    _ = try deltaDebugged(items) { lists throws(RunnerError) in
      let candidates = lists.map(recipe)
      guard try take(candidates) else { return nil }
      return candidates.firstIndex(of: self.recipe)
    }
  }
}

extension Recipe {
  fileprivate func with(faults: [Selection.Part]) -> Recipe {
    selecting(Selection(.only, .faults, faults.joined))
  }

  fileprivate func with(operations: [Selection.Part]) -> Recipe {
    selecting(Selection(.only, .operations, operations.joined))
  }

  fileprivate func without(nodes: Selection.Part) -> Recipe {
    let others = selection(of: .nodes)?.parts.filter { $0.name != nodes.name } ?? []
    return selecting(Selection(.without, .nodes, others + [nodes]))
  }

  private func selecting(_ selection: Selection) -> Recipe {
    var copy = self
    copy.select(selection)
    return copy
  }
}

extension [Selection.Part] {
  /// The same, with numbers that follow each other as one range.
  fileprivate var joined: [Selection.Part] {
    var result: [Selection.Part] = []
    for name in Set(map(\.name)).sorted() {
      var ranges: [ClosedRange<UInt64>?] = []
      for part in filter({ $0.name == name }).sorted(by: { $0.first < $1.first }) {
        if let last = ranges.last ?? nil, let next = part.numbers,
          next.lowerBound - 1 <= last.upperBound
        {
          ranges[ranges.count - 1] = last.lowerBound...Swift.max(last.upperBound, next.upperBound)
        } else {
          ranges.append(part.numbers)
        }
      }
      result += ranges.map { Selection.Part(name, $0) }
    }
    return result
  }
}

extension Selection.Part {
  fileprivate var first: UInt64 { numbers?.lowerBound ?? 0 }
}
