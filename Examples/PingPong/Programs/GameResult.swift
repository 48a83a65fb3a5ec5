//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How a game went.
package struct GameResult: Sendable {
  /// From the first ball to the last.
  package let elapsed: Duration
  /// Of all balls, the shortest first.
  private let latencies: [Duration]

  package init(elapsed: Duration, latencies: [Duration]) {
    self.elapsed = elapsed
    self.latencies = latencies.sorted()
  }

  /// How many came back.
  package var count: Int { latencies.count }

  /// How many came back in a second; 0 if no time has passed.
  package var perSecond: Double {
    elapsed > .zero ? Double(count) / (elapsed / .seconds(1)) : 0
  }

  /// The latency that so many of a hundred balls don't exceed (nearest rank); zero of no balls.
  ///
  /// - Parameter percent: From 0 to 100.
  package func percentile(_ percent: Double) -> Duration {
    if latencies.isEmpty { return .zero }
    let rank = (percent / 100 * Double(count)).rounded(.up)
    return latencies[min(max(Int(rank), 1), count) - 1]
  }
}
