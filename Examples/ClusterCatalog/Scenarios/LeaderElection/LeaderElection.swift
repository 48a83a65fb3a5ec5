//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterPrograms
import MoonpoolCore
import MoonpoolSim

extension ClusterExample {
  /// Leaders with leases, under clocks that drift.
  public static let leaderElection = ClusterExample(
    name: "leader-election",
    summary: "takes all clocks to run equally fast",
    story: """
      A leader has a lease from a majority of the nodes, which promise to vote for nobody else \
      until it has run out. Each waits by its own clock. An elector whose clock is fast, and who \
      doesn't wait a little longer than the lease, votes for the next leader while the last one, \
      whose clock is slow, still acts.
      """,
    essentialFaults: [
      "an elector's clock is fast",
      "the leader's clock is slow",
    ],
    property: property,
    correct: scenario("leader election", LeasePolicy(maxDrift: maxDrift)),
    buggy: scenario("leader election without a margin", LeasePolicy(maxDrift: nil)))

  private static let property = "no two leaders hold valid leases"

  /// A tenth: far from what quartz does, so that a run of seconds shows what else takes hours.
  private static let maxDrift = 100_000_000

  private static func scenario(_ name: String, _ policy: LeasePolicy) -> Scenario {
    Scenario(name) {
      Processes(3...5, named: "node") { _ in ElectionNode(group: "node", policy: policy) }
        .onExit(.restart(after: .seconds(1)))
      Clients { LeadershipWorkload() }
      Chaos.full(
        // Promises are in memory: whoever comes back waits, so that even a lost disk does no harm.
        Attrition(
          maxDead: 1, graceful: 0.3, kill: 0.2, crash: 0.2, powerLoss: 0.1, wipe: 0.2,
          recovery: .milliseconds(100) ... .seconds(3)),
        clocks: ClockFaults(
          maxSkew: .seconds(1), maxDrift: maxDrift, jumpRate: 0.1, maxJump: .seconds(2),
          slewRate: 0.1))
      Invariant(property, state: Leaderships()) { leaderships, timeline in
        for (event, place) in timeline.new(LeaderActed.self) {
          try leaderships.add(event.lease, of: place.source)
        }
      }
    }
  }
}

/// Who has led, in the order in which they began to act.
///
/// A leader acts only while its lease is valid by its own clock. So the leases of two of whom the
/// first acts again after the second were valid at the same time.
private struct Leaderships {
  private var present: (lease: UInt64, leader: String)?
  private var ended: Set<UInt64> = []

  mutating func add(_ lease: UInt64, of leader: String) throws {
    if lease == present?.lease { return }
    if ended.contains(lease) {
      throw PropertyViolation("\(leader) acts again, after \(present?.leader ?? "nobody")")
    }
    if let present { ended.insert(present.lease) }
    present = (lease, leader)
  }
}

/// Waits, and looks whether there are leaders.
private struct LeadershipWorkload: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    while !cluster.isQuiet { try await node.clock.sleep(for: .milliseconds(500)) }
    node.emit(WorkDone(count: cluster.timeline.count(LeaderActed.eventName)))
  }

  /// With all nodes up and all ways open, one of them leads before long.
  func check(on node: Node, in cluster: Cluster) async throws {
    let before = cluster.timeline.count(LeaderActed.eventName)
    for _ in 0..<20 {
      try await node.clock.sleep(for: .seconds(1))
      if cluster.timeline.count(LeaderActed.eventName) > before { return }
    }
    throw PropertyViolation("nobody leads")
  }
}
