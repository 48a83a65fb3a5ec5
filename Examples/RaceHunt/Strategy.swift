//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// A scheduling strategy by the name that it has on the command line.
struct Strategy {
  let name: String
  let choice: StrategyChoice

  static let portfolio = Strategy(name: "portfolio", choice: .portfolio)

  /// What a hunt tries when nothing else is said. A bug of depth 3 needs two change points.
  static let all = [
    portfolio,
    Strategy(name: "uniform", choice: .uniform),
    Strategy(name: "pct", choice: .pct(changePoints: 2)),
    Strategy(name: "pos", choice: .pos),
    Strategy(name: "fifo", choice: .fifo),
  ]

  static let names = all.map(\.name).joined(separator: ", ") + ", pct:<change points>"

  private init(name: String, choice: StrategyChoice) {
    self.name = name
    self.choice = choice
  }

  /// The strategy of that name; `pct:5` is PCT with five change points.
  init?(_ name: String) {
    if let known = Self.all.first(where: { $0.name == name }) {
      self = known
    } else if name.hasPrefix("pct:"), let points = UInt8(name.dropFirst(4)) {
      self.init(name: "pct:\(points)", choice: .pct(changePoints: Int(points)))
    } else {
      return nil
    }
  }
}
