//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Which scheduling strategy a run uses.
public struct StrategyChoice: Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    case portfolio
    case uniform
    case fifo
    case pct(PCT)
    case pos
    case replay(ReplaySchedule)
    case custom(any SchedulingStrategy)
  }

  package let kind: Kind

  /// Another strategy for each seed, in rotation: any five consecutive seeds use all of them.
  ///
  /// The seed modulo 5 decides: 0 ``uniform``, 1 ``pct(changePoints:)`` with 1 change point, 2
  /// ``pos``, 3 ``pct(changePoints:)`` with 3, 4 ``fifo``.
  public static var portfolio: StrategyChoice { StrategyChoice(kind: .portfolio) }

  /// Every runnable job has the same chance. See ``UniformRandom``.
  public static var uniform: StrategyChoice { StrategyChoice(kind: .uniform) }

  /// Jobs run in the order in which they become runnable. See ``FirstInFirstOut``.
  public static var fifo: StrategyChoice { StrategyChoice(kind: .fifo) }

  /// Random task priorities with a few changes. See ``PCT``.
  ///
  /// - Parameter changePoints: How many times in a run a priority changes: the depth of the bugs
  ///   that are looked for, less one.
  public static func pct(changePoints: Int) -> StrategyChoice {
    StrategyChoice(kind: .pct(PCT(changePoints: changePoints)))
  }

  /// Random job priorities, drawn anew after a race. See ``PartialOrderSampling``.
  public static var pos: StrategyChoice { StrategyChoice(kind: .pos) }

  /// A given schedule: the birth numbers of tasks, one for each job. See ``ReplaySchedule``.
  public static func replay(_ tasks: [UInt32]) -> StrategyChoice {
    StrategyChoice(kind: .replay(ReplaySchedule(tasks)))
  }

  /// A strategy of your own. Each run gets a copy.
  public static func custom(_ strategy: any SchedulingStrategy) -> StrategyChoice {
    StrategyChoice(kind: .custom(strategy))
  }

  /// How the choice is written in code, without the leading dot.
  public var description: String {
    switch kind {
    case .portfolio: "portfolio"
    case .uniform: "uniform"
    case .fifo: "fifo"
    case .pct(let strategy): "pct(changePoints: \(strategy.changePoints))"
    case .pos: "pos"
    case .replay(let strategy): "replay(\(strategy.tasks.count) jobs)"
    case .custom(let strategy): "custom(\(strategy))"
    }
  }
}

extension StrategyChoice {
  /// What the portfolio rotates through.
  package static let rotation: [StrategyChoice] = [
    .uniform, .pct(changePoints: 1), .pos, .pct(changePoints: 3), .fifo,
  ]

  /// The choice for one seed: never a portfolio.
  package func resolved(seed: UInt64) -> StrategyChoice {
    guard case .portfolio = kind else { return self }
    return Self.rotation[Int(seed % UInt64(Self.rotation.count))]
  }

  /// Calls `visitor` with the strategy for a seed, statically typed so that the run loop is
  /// specialised for each of ours.
  package func visit<Visitor: StrategyVisitor>(
    seed: UInt64, _ visitor: inout Visitor
  ) -> Visitor.Result {
    switch resolved(seed: seed).kind {
    case .portfolio, .uniform: visitor.visit(UniformRandom())
    case .fifo: visitor.visit(FirstInFirstOut())
    case .pct(let strategy): visitor.visit(strategy)
    case .pos: visitor.visit(PartialOrderSampling())
    case .replay(let strategy): visitor.visit(strategy)
    case .custom(let strategy): visitor.visit(strategy)
    }
  }
}

/// Something to be done with a strategy whose type is not known beforehand.
package protocol StrategyVisitor {
  associatedtype Result
  mutating func visit<Strategy: SchedulingStrategy>(_ strategy: Strategy) -> Result
}
