//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// Where two runs part.
public struct TraceComparison: Sendable, Hashable {
  /// The first run.
  public let first: MergedTrace
  /// The second.
  public let second: MergedTrace
  /// The place in both lists of events at which they differ; nil if they don't.
  public let place: Int?
  /// Whether events count as the same at another time, after another number of decisions.
  public let ignoresTimes: Bool
  /// The first decision that differs, as the first and the second run have it; nil if none does, or
  /// if nobody knows.
  public var divergence: Divergence?

  /// Compares event by event.
  public init(_ first: MergedTrace, _ second: MergedTrace, ignoresTimes: Bool = false) {
    self.first = first
    self.second = second
    self.ignoresTimes = ignoresTimes
    let (one, other) = (first.events, second.events)
    let parted = zip(one, other).enumerated().first { _, pair in
      !pair.0.differences(from: pair.1, ignoresTimes: ignoresTimes).isEmpty
    }
    place = parted?.offset ?? (one.count == other.count ? nil : min(one.count, other.count))
  }

  /// Whether no event differs.
  public var isEqual: Bool { place == nil }

  /// The difference, with what was before it, and what comes after it in both.
  ///
  /// - Parameter context: How many events before it, and how many of each side from it on; at
  ///   least 1 of each.
  public func text(context: Int = 5) -> String {
    let context = max(1, context)
    guard let place else {
      let count = UInt64(first.events.count).grouped
      return "no difference in \(count) events\n" + sides
    }
    var lines = [headline(place)]
    if let divergence {
      lines.append("first decision that differs: \(divergence.text)")
    }
    let before = first.events[max(0, place - context)..<place]
    lines += before.map { "    \($0)" }
    for (mark, events) in [("A", first.events), ("B", second.events)] {
      let after = events.dropFirst(place).prefix(context)
      lines += after.isEmpty ? ["\(mark)   nothing more"] : after.map { "\(mark)   \($0)" }
    }
    return lines.map { "\($0)\n" }.joined() + sides
  }

  private func headline(_ place: Int) -> String {
    let one = place < first.events.count ? first.events[place] : nil
    let other = place < second.events.count ? second.events[place] : nil
    guard let one, let other else {
      let (mark, event) = one.map { ("B", $0) } ?? ("A", other!)
      return "first difference: \(mark) ends before event #\(event.number), at "
        + "\(event.time.secondsText), after \(event.decisionCount.grouped) decisions"
    }
    let what = one.differences(from: other, ignoresTimes: ignoresTimes).joined(separator: ", ")
    return "first difference: event #\(one.number), "
      + "at \(Self.both(one.time.secondsText, other.time.secondsText)), after "
      + "\(Self.both(one.decisionCount.grouped, other.decisionCount.grouped)) decisions: \(what)"
  }

  private static func both(_ one: String, _ other: String) -> String {
    one == other ? one : "\(one) and \(other)"
  }

  private var sides: String {
    [("A", first), ("B", second)].map {
      "\($0): \(UInt64($1.events.count).grouped) events, \($1.outcome.inOneLine)\n"
    }.joined()
  }
}

extension MergedEvent {
  /// What differs from another event, by name.
  func differences(from other: MergedEvent, ignoresTimes: Bool) -> [String] {
    if self == other { return [] }
    var names: [String] = []
    func compare(_ name: String, _ isSame: Bool) {
      if !isSame { names.append(name) }
    }
    if !ignoresTimes {
      compare("time", time == other.time)
      compare("decisions", decisionCount == other.decisionCount)
    }
    compare("kind", kind == other.kind)
    compare("process", process == other.process)
    compare("task", task == other.task && taskName == other.taskName)
    compare("name", name == other.name)
    for detail in Set((details + other.details).map(\.name)).sorted() {
      compare(detail, self[detail] == other[detail])
    }
    return names
  }
}

extension Divergence {
  /// `#11: A 2 of 5 from scheduling in task 3, B the end`.
  fileprivate var text: String {
    let sides = [expected, actual].map { $0.map(\.description) ?? "the end of the run" }
    return "#\(number): A \(sides[0]); B \(sides[1])"
  }
}
