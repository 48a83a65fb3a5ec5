//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// A failure, and what is left of it.
public struct MinimisedFailure: Sendable {
  /// The run that was to be made smaller.
  public var original: Recipe
  /// The smallest run that was found to fail in the same way.
  public var recipe: Recipe
  /// What happened in it.
  public var details: FailureDetails
  /// What happened in the original.
  public var before: FailureDetails
  /// How many runs were made.
  public var runCount: Int
  /// Whether nothing more can be removed; false: the search ended before it knew.
  public var isMinimal: Bool

  /// What is left, as a story with a line for each event, and what was left out.
  public var story: String {
    var lines = [
      "seed \(original.seed): \(faultCount(details.strikes.count)) of \(before.strikes.count) "
        + (details.strikes.count == 1 ? "is" : "are")
        + " left, after \(UInt64(runCount).grouped) runs"
        + (isMinimal ? "" : ", which were not enough to know whether more can go"),
      "",
    ]
    for (number, fault) in details.strikes.enumerated() {
      lines.append(
        "  \(number + 1). At \(fault.time.secondsText) \(fault.sentence) (\(fault.part)).")
      lines += fault.notes.map { "     \($0)" }
    }
    if details.strikes.isEmpty { lines.append("  Nothing goes wrong from outside.") }
    lines += ["", "  Then: \(details.summary)."]
    let calm = recipe.streams.compactMap { rule in
      if case .zero = rule.change { rule.name } else { nil }
    }
    if !calm.isEmpty {
      lines.append("  Not left to chance any more: \(calm.joined(separator: ", ")).")
    }
    if let nodes = recipe.selection(of: .nodes) { lines.append("  Who takes part: \(nodes).") }
    if let operations = recipe.selection(of: .operations) {
      lines.append("  What clients do: \(operations).")
    }
    return lines.map { "\($0)\n" }.joined()
  }

  private func faultCount(_ count: Int) -> String { count == 1 ? "1 fault" : "\(count) faults" }
}
