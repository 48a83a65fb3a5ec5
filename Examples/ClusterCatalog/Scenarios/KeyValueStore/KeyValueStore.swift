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
  /// A key-value store whose snapshot loses its name.
  public static let keyValueStore = ClusterExample(
    name: "key-value-store",
    summary: "removes a log before the snapshot's name is durable",
    story: """
      A store appends every change to a log, synchronises it, and answers. Now and then it writes \
      a snapshot, renames it into place, and removes the log before it. A rename is durable when \
      its directory is; without synchronizeDirectory() a crash may leave the old snapshot and \
      remove the log that goes with it.
      """,
    essentialFaults: [
      "the store's machine crashes before the directory is durable"
    ],
    property: property,
    correct: scenario("key-value store", synchronizesDirectory: true),
    buggy: scenario("key-value store without synchronizeDirectory", synchronizesDirectory: false))

  private static let property = "an acknowledged value survives crashes"

  private static func scenario(_ name: String, synchronizesDirectory: Bool) -> Scenario {
    Scenario(name) {
      Processes(1, named: "store") {
        KeyValueStore(synchronizesDirectory: synchronizesDirectory)
      }
      .onExit(.restart(after: .seconds(1)))
      Clients(3) { KeyValueWorkload() }
      // One node has one disk: when that is lost, all is.
      Chaos.full(
        Attrition(
          maxDead: 1, graceful: 0.2, kill: 0.2, crash: 0.4, powerLoss: 0.2,
          interval: .milliseconds(500) ... .seconds(3),
          recovery: .milliseconds(100) ... .seconds(1)))
      Invariant(property, state: [String: Versioned]()) { model, timeline in
        for (event, _) in timeline.new(ValueSeen.self) {
          let known = model[event.key] ?? Versioned(version: 0, value: "")
          let seen = event.current ?? Versioned(version: 0, value: "")
          if seen.version < known.version || seen.version == known.version && seen != known {
            throw PropertyViolation("\(event.key) is \(seen) after it was \(known)")
          }
          model[event.key] = seen
        }
      }
    }
  }
}

/// A client has heard what the store has under a key that this client alone writes.
private struct ValueSeen: NodeEvent {
  var key: String
  var current: Versioned?
}

/// Writes keys of its own and reads them, one call after the other, until the chaos is over.
private struct KeyValueWorkload: Workload {
  private static let keyCount = 4
  private var version = 0
  private var workDone = 0

  mutating func run(on node: Node, in cluster: Cluster) async throws {
    while !cluster.isQuiet {
      let key = key(node.random.int(in: 0..<Self.keyCount), in: cluster)
      do {
        if node.random.bool(probability: 0.7) {
          // A put that fails may still take effect later, but never in place of a newer one.
          version += 1
          let value = Versioned(version: version, value: "\(key)@\(version)")
          let current = try await store(of: cluster, on: node).put(key, value)
          node.emit(ValueSeen(key: key, current: current))
        } else {
          try await read(key, on: node, in: cluster)
        }
        workDone += 1
      } catch {
        // Down, out of reach, or too slow: the model knows only what was acknowledged.
      }
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .milliseconds(100)))
    }
    node.emit(WorkDone(count: workDone))
  }

  /// With the store up and all ways open, every key can be read.
  mutating func check(on node: Node, in cluster: Cluster) async throws {
    for number in 0..<Self.keyCount {
      try await read(key(number, in: cluster), on: node, in: cluster)
    }
  }

  private func read(_ key: String, on node: Node, in cluster: Cluster) async throws {
    let current = try await store(of: cluster, on: node).get(key)
    node.emit(ValueSeen(key: key, current: current))
  }

  private func key(_ number: Int, in cluster: Cluster) -> String {
    "client-\(cluster.clientID)-\(number)"
  }

  private func store(of cluster: Cluster, on node: Node) -> KeyValueClient {
    KeyValueClient(of: cluster.processes[0].address, from: node)
  }
}
