//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// Which of a list of named families are on in a run.
public struct Swarm: Sendable, Hashable, CustomStringConvertible {
  /// All families, in the order in which they were listed.
  public let families: [String]
  /// Those that are on, in the same order.
  public private(set) var enabled: [String]

  /// Chooses for one run.
  ///
  /// Each coin comes from a stream that is named after its family, one decision of which 0 is off:
  /// another family, or another order, changes no coin. The modes off and random toss none.
  ///
  /// - Parameters:
  ///   - families: Their names, none twice.
  ///   - mode: Off enables none, random all, swarm each by its coin.
  ///   - probability: How likely a family is on in swarm mode, in `0...1`.
  ///   - decisions: The decisions of the run.
  package init(
    _ families: [String], mode: ChaosMode, probability: Double = 0.5, decisions: Decisions
  ) {
    self.families = families
    enabled = families.filter { family in
      switch mode {
      case .off: false
      case .random: true
      case .swarm: decisions.stream(.swarm(family: family)).bool(probability: probability)
      }
    }
    precondition(Set(families).count == families.count, "a swarm lists a family twice: \(families)")
  }

  /// Whether a family is on; one that isn't in the list is not.
  public func contains(_ family: String) -> Bool { enabled.contains(family) }

  /// Switches a family off, as a minimiser does.
  public mutating func remove(_ family: String) { enabled.removeAll { $0 == family } }

  /// Such as `clog +, partition -`.
  public var description: String {
    families.map { "\($0) \(contains($0) ? "+" : "-")" }.joined(separator: ", ")
  }
}
