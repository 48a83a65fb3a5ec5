//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// A keeper as its clients know it.
package struct Member: Sendable, Hashable {
  package var address: IPAddress
  package var locality: Locality

  package init(address: IPAddress, locality: Locality) {
    self.address = address
    self.locality = locality
  }
}

/// When an entry has enough copies.
package enum ReplicationPolicy: Sendable {
  /// So many nodes have it, wherever they stand. They may all be in one zone, and die with it.
  case replicas(Int)
  /// Nodes in more than half of all zones have it.
  case majorityOfZones
}

/// Gives entries to keepers, those nearby first.
package struct Replicator: Sendable {
  private let node: Node
  private let members: [Member]
  private let policy: ReplicationPolicy
  private let timeout = Duration.milliseconds(500)

  package init(on node: Node, members: [Member], policy: ReplicationPolicy) {
    self.node = node
    self.members = members
    self.policy = policy
  }

  /// Has an entry kept, as near to a place as possible.
  ///
  /// - Throws: ``TooFewReplicas``: whether the entry will be kept is not known.
  package func keep(_ entry: Int, near place: Locality) async throws {
    var replicas: [Member] = []
    for candidates in nextCandidates(near: place) {
      await ask(candidates, .keep(entry)) { member, _ in
        replicas.append(member)
        return isEnough(replicas)
      }
      if isEnough(replicas) { return }
    }
    throw TooFewReplicas()
  }

  /// All entries that a majority of the zones knows of.
  package func list() async throws -> [Int] {
    var found: [Int] = []
    var asked: [Member] = []
    await ask(node.random.shuffled(members), .list) { member, reply in
      asked.append(member)
      found += reply.entries.filter { !found.contains($0) }
      return isMajority(zones(of: asked))
    }
    guard isMajority(zones(of: asked)) else { throw TooFewReplicas() }
    return found
  }

  /// Groups of keepers that are asked one after the other: the nearest zone, then two nodes of each
  /// other zone.
  private func nextCandidates(near place: Locality) -> [[Member]] {
    let nearest = members.filter { $0.locality.distance(to: place) <= .sameZone }
    var others: [Member] = []
    for member in node.random.shuffled(members) where !nearest.contains(member) {
      if others.count(where: { $0.locality.zone == member.locality.zone }) < 2 {
        others.append(member)
      }
    }
    return [nearest, others]
  }

  private func isEnough(_ replicas: [Member]) -> Bool {
    switch policy {
    case .replicas(let count): replicas.count >= count
    case .majorityOfZones: isMajority(zones(of: replicas))
    }
  }

  private func isMajority(_ some: [String]) -> Bool { some.count > zones(of: members).count / 2 }

  /// Each zone once, however many of the nodes stand in it.
  private func zones(of some: [Member]) -> [String] {
    some.reduce(into: []) { zones, member in
      if let zone = member.locality.zone, !zones.contains(zone) { zones.append(zone) }
    }
  }

  private func ask(
    _ some: [Member], _ request: KeeperRequest, until isEnough: (Member, KeeperReply) -> Bool
  ) async {
    let addresses = some.map { NetworkAddress(ip: $0.address, port: Keeper.port) }
    await node.ask(all: addresses, request, timeout: timeout) { address, reply in
      guard let member = some.first(where: { $0.address == address.ip }) else { return false }
      return isEnough(member, reply)
    }
  }
}

/// Too few nodes have answered in time.
package struct TooFewReplicas: Error {}
