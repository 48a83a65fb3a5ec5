//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterPrograms
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim

extension ClusterExample {
  /// Copies in three data centres, or so one thinks.
  public static let threeDatacenters = ClusterExample(
    name: "three-datacenters",
    summary: "counts copies where it should count zones",
    story: """
      54 nodes in three data centres keep entries in memory, and tell each other of them. An entry \
      is acknowledged when nodes in a majority of the nine zones have it, so that zones can fail \
      one after the other. Who counts five copies instead finds them in the nearest zone: it loses \
      power, and all five are gone.
      """,
    // Five copies are acknowledged; when the zone goes dark all its six processes have one.
    essentialFaults: [String](repeating: "a process of one zone loses power", count: 6),
    property: property,
    correct: scenario("three data centres", .majorityOfZones),
    buggy: scenario("three data centres, five copies", .replicas(5)))

  private static let property = "an acknowledged entry survives the loss of a zone"

  private static func scenario(_ name: String, _ policy: ReplicationPolicy) -> Scenario {
    Scenario(name) {
      Processes(1...1, named: "keeper") { _ in Keeper(group: "keeper") }
        .layout(Layout(datacenters: 3, zones: 3, machines: 3, processes: 2))
        .onExit(.restart(after: .seconds(1)))
      Clients(3) { EntryWorkload(policy: policy) }
      Chaos(for: .seconds(12)) {
        NetworkFaults(.swarm)
        ProcessFaults(.swarm)
        Attrition(
          maxDead: 6, graceful: 0, kill: 0.2, crash: 0.3, powerLoss: 0.2, wipe: 0.3, scope: .zone,
          recovery: .seconds(1) ... .seconds(3))
        ClockFaults(maxSkew: .milliseconds(200), maxDrift: 100_000, slewRate: 0.01)
        DatacenterOutage()
      }
      Invariant(property, state: Set<Int>()) { acknowledged, timeline in
        for (event, _) in timeline.new(EntryKept.self) { acknowledged.insert(event.entry) }
        for (event, _) in timeline.new(EntriesSeen.self) {
          let lost = acknowledged.subtracting(event.entries).sorted()
          if !lost.isEmpty { throw PropertyViolation("entries \(lost) are nowhere") }
        }
      }
      // Long enough for everybody to hear of everything.
      Budget(run: .seconds(100), settle: .seconds(10))
    }
  }
}

/// Cuts a whole data centre off from the others for a while, now and then.
private struct DatacenterOutage: FaultInjector {
  func inject(with faults: FaultContext) async throws {
    while true {
      try await faults.sleep(for: faults.random.duration(in: .seconds(2) ... .seconds(6)))
      guard let name = faults.random.element(of: faults.cluster.domains(.datacenter)) else {
        return
      }
      let outage = faults.isolate(faults.cluster.processes(in: .datacenter, name))
      try await faults.sleep(for: faults.random.duration(in: .seconds(1) ... .seconds(3)))
      faults.heal(outage)
    }
  }
}

/// An entry was acknowledged.
private struct EntryKept: NodeEvent {
  var entry: Int
}

/// The entries that a majority of the zones knows of, when all has come to rest.
private struct EntriesSeen: NodeEvent {
  var entries: [Int]
}

/// Has entries kept, each near another place, until the chaos is over.
private struct EntryWorkload: Workload {
  let policy: ReplicationPolicy
  private var count = 0
  private var workDone = 0

  init(policy: ReplicationPolicy) { self.policy = policy }

  mutating func run(on node: Node, in cluster: Cluster) async throws {
    let replicator = replicator(on: node, in: cluster)
    while !cluster.isQuiet {
      count += 1
      let entry = count * cluster.clientCount + cluster.clientID
      guard let place = node.random.element(of: cluster.processes)?.locality else { return }
      do {
        try await replicator.keep(entry, near: place)
        node.emit(EntryKept(entry: entry))
        workDone += 1
      } catch is TooFewReplicas {}
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .seconds(1)))
    }
    node.emit(WorkDone(count: workDone))
  }

  mutating func check(on node: Node, in cluster: Cluster) async throws {
    let entries = try await replicator(on: node, in: cluster).list()
    node.emit(EntriesSeen(entries: entries))
  }

  private func replicator(on node: Node, in cluster: Cluster) -> Replicator {
    let members = cluster.processes.map { Member(address: $0.address, locality: $0.locality) }
    return Replicator(on: node, members: members, policy: policy)
  }
}
