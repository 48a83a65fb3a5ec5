//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Which of the faults, operations or nodes of a run take part in it.
///
/// What is left out doesn't happen, but the numbers that it would have drawn are drawn: so the rest
/// happens as it would have, as far as it doesn't depend on what is missing.
///
///     only faults(process.crash#2, network.partition#3...5)
///     without nodes(client#3)
///     only faults()
public struct Selection: Hashable, Sendable {
  /// What it is about.
  public enum Subject: String, Sendable, Hashable, CaseIterable, Comparable {
    /// What goes wrong, by the names and in the order in which the timeline tells it.
    case faults
    /// What workloads do, as far as they ask the cluster whether they may.
    case operations
    /// Processes and clients, by the names of their groups; the last of a group is left out first.
    case nodes

    public static func < (a: Self, b: Self) -> Bool { a.position < b.position }
    private var position: Int { Self.allCases.firstIndex(of: self)! }
  }

  /// Whether the list says what takes part, or what doesn't.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Nothing but what is listed.
    case only
    /// All but what is listed.
    case without
  }

  /// Some of what has one name.
  public struct Part: Hashable, Sendable {
    /// The name, or the beginning of several up to a dot: `network` stands for `network.clog`, too.
    public var name: String
    /// Which of that name, counted from 1 in the run; nil: all.
    public var numbers: ClosedRange<UInt64>?

    /// Makes a part.
    public init(_ name: String, _ numbers: ClosedRange<UInt64>? = nil) {
      self.name = name
      self.numbers = numbers
    }

    func includes(_ name: String, _ number: UInt64) -> Bool {
      guard numbers?.contains(number) ?? true else { return false }
      return name == self.name || name.hasPrefix("\(self.name).")
    }
  }

  /// What it is about.
  public var subject: Subject
  /// What the list means.
  public var rule: Rule
  /// The list.
  public var parts: [Part]

  /// Makes a selection.
  public init(_ rule: Rule, _ subject: Subject, _ parts: [Part] = []) {
    self.subject = subject
    self.rule = rule
    self.parts = parts
  }

  /// Whether something takes part.
  ///
  /// - Parameter number: Which of that name it is, from 1.
  public func includes(_ name: String, _ number: UInt64) -> Bool {
    parts.contains { $0.includes(name, number) } == (rule == .only)
  }
}

extension Selection: CustomStringConvertible {
  /// Such as `only faults(process.crash#2)`.
  public var description: String {
    "\(rule.rawValue) \(subject.rawValue)(\(parts.map(\.description).joined(separator: ", ")))"
  }
}

extension Selection.Part: CustomStringConvertible {
  /// Such as `process.crash#2`, or `network.partition#3...5`.
  public var description: String {
    guard let numbers else { return name.asRecipeName }
    // Not by their count: there may be 2^64.
    let isOne = numbers.lowerBound == numbers.upperBound
    let last = isOne ? "" : "...\(numbers.upperBound)"
    return "\(name.asRecipeName)#\(numbers.lowerBound)\(last)"
  }
}
