//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// How long promises last, and how far clocks are trusted.
package struct LeasePolicy: Sendable {
  /// How long a lease lasts by its holder's monotonic clock.
  package var length = Duration.seconds(1)
  /// How wrong the rate of any oscillator may be, in parts per billion; nil: clocks are taken to
  /// run equally fast, which they don't.
  package var maxDrift: Int?

  package init(maxDrift: Int?) { self.maxDrift = maxDrift }

  /// How long an elector keeps its promise by its own monotonic clock.
  ///
  /// The holder's clock may be slow and the elector's fast: in the time that the holder counts as 1
  /// the elector counts as much as (1 + drift) / (1 - drift).
  var promiseLength: Duration {
    guard let maxDrift else { return length }
    return length * (1_000_000_000 + maxDrift) / (1_000_000_000 - maxDrift) + .nanoseconds(1)
  }
}

/// What candidates ask of an elector. The number of a lease is drawn at random: nobody else has it.
enum LeaseRequest: Codable, Sendable {
  /// Its vote for a lease, or, if it has voted for this one, to prolong it.
  case vote(lease: UInt64)
  /// Nothing has come of this lease: others may have the vote.
  case release(lease: UInt64)
}

/// What the elector says.
struct LeaseReply: Codable, Sendable {
  var isGranted: Bool
}

/// A leader acts: it has just looked, and its lease is valid by its clock.
package struct LeaderActed: NodeEvent {
  package var lease: UInt64
}
