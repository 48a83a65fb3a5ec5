//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolTransport
import Testing

@Suite struct BackoffTests {
  /// Always the greatest or the smallest number that may be drawn.
  private struct Extreme: RandomProvider {
    let isGreatest: Bool
    func next() -> UInt64 { isGreatest ? .max : 0 }
    func next(below bound: UInt64) -> UInt64 { isGreatest ? bound - 1 : 0 }
  }

  private let most = RandomSource(provider: Extreme(isGreatest: true))
  private let least = RandomSource(provider: Extreme(isGreatest: false))

  @Test func delaysDoubleUpToTheLongest() {
    for (random, share) in [(most, 1), (least, 2)] {
      var backoff = Backoff(.milliseconds(100) ... .seconds(1), stableAfter: .seconds(10))
      let delays = (0..<6).map { _ in backoff.fail(random) }
      #expect(delays == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0 / share) })
    }
  }

  @Test func onlyAConnectionThatLastsIsASuccess() {
    var backoff = Backoff(.milliseconds(100) ... .seconds(1), stableAfter: .seconds(10))
    let delays = [Duration.seconds(9.9), .zero, .seconds(10), .seconds(1)].map {
      backoff.end(after: $0, most)
    }
    #expect(delays == [100, 200, 100, 200].map { .milliseconds($0) })
  }
}
