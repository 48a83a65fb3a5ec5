//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// How long to wait before the next attempt to connect.
///
/// Delays double from failure to failure. Each is drawn from its upper half, so that nodes that
/// lost the same peer don't come back at the same instant. A connection that ends soon counts as a
/// failure: who accepts and drops is not called in a hot loop.
package struct Backoff: Sendable {
  private let range: ClosedRange<Duration>
  private let stableAfter: Duration
  private var delay: Duration

  /// Creates one that knows of no failure.
  ///
  /// - Parameters:
  ///   - range: The first delay and the longest.
  ///   - stableAfter: How long a connection must last before failures are forgotten.
  package init(_ range: ClosedRange<Duration>, stableAfter: Duration) {
    precondition(range.lowerBound > .zero, "a delay must be more than zero")
    self.range = range
    self.stableAfter = stableAfter
    delay = range.lowerBound
  }

  /// Takes a failure, and gives the delay before the next attempt.
  package mutating func fail(_ random: RandomSource) -> Duration {
    let drawn = random.duration(in: delay / 2...delay)
    delay = min(delay * 2, range.upperBound)
    return drawn
  }

  /// Takes the end of a connection, and gives the delay before the next attempt.
  package mutating func end(after uptime: Duration, _ random: RandomSource) -> Duration {
    if uptime >= stableAfter { delay = range.lowerBound }
    return fail(random)
  }
}
