//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

extension Attrition {
  /// What a seed chooses: weights of 1 to 10 for each kind, and times around the usual ones. Eleven
  /// decisions; of each the lowest value is the mildest.
  ///
  /// Between two strikes 0.5–2 to 2–10 s, a grace of 0–2 to 2–5 s, a recovery of 0.1–2 to 2–20 s.
  /// The figures are chosen: moonpool 0.8 draws none, and its ranges (1–5, 2–5 and 1–10 s) are
  /// among these.
  public static func random(from stream: DecisionStream) -> Attrition {
    func weight() -> Double { Double(stream.int(in: 1...10)) }
    func milliseconds(_ range: ClosedRange<Int>) -> Duration {
      .milliseconds(stream.int(in: range))
    }
    /// The longest first.
    func longest(_ range: ClosedRange<Int>) -> Duration {
      .milliseconds(range.upperBound - stream.int(in: 0...range.count - 1))
    }
    var drawn = Attrition(maxDead: 1)
    drawn.graceful = 11 - weight()
    drawn.kill = weight()
    drawn.crash = weight()
    drawn.powerLoss = weight()
    drawn.wipe = weight()
    let leastInterval = longest(500...2_000)
    drawn.interval = leastInterval...longest(2_000...10_000)
    let leastGrace = longest(0...2_000)
    drawn.grace = leastGrace...longest(2_000...5_000)
    let leastRecovery = milliseconds(100...2_000)
    drawn.recovery = leastRecovery...milliseconds(2_000...20_000)
    return drawn
  }

  /// The figures of one run.
  func drawn(_ stream: DecisionStream) -> Attrition {
    guard mode != .off else { return self }
    var drawn = Attrition.random(from: stream)
    drawn.families = mode.chosen(of: families, named: { "\(name).\($0.rawValue)" })
    drawn.name = name
    drawn.maxDead = maxDead
    drawn.scope = scope
    drawn.victims = victims
    return drawn
  }
}
