//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// What attrition does next: a pure function of its configuration, the cluster, and a stream.
package struct AttritionPlan: Sendable {
  /// A process as the planner sees it. Its places are numbers that are unique in the cluster.
  package struct Member: Sendable, Hashable {
    package var process: Int
    package var isAlive: Bool
    package var machine: Int
    package var zone: Int
    package var datacenter: Int

    package init(
      process: Int, isAlive: Bool = true, machine: Int = 0, zone: Int = 0, datacenter: Int = 0
    ) {
      self.process = process
      self.isAlive = isAlive
      self.machine = machine
      self.zone = zone
      self.datacenter = datacenter
    }
  }

  /// One process that goes down; times are in nanoseconds.
  package struct Victim: Sendable, Hashable {
    package var process: Int
    /// From the request to stop until the kill; 0 unless graceful.
    package var grace: UInt64
    /// From the kill until the restart.
    package var recovery: UInt64

    package init(process: Int, grace: UInt64, recovery: UInt64) {
      self.process = process
      self.grace = grace
      self.recovery = recovery
    }
  }

  /// What goes down together, and how.
  package struct Strike: Sendable, Hashable {
    package var kind: Attrition.Kind
    package var victims: [Victim]

    package init(kind: Attrition.Kind, victims: [Victim]) {
      self.kind = kind
      self.victims = victims
    }
  }

  private let attrition: Attrition
  private let interval: LatencySampler
  private let grace: LatencySampler
  private let recovery: LatencySampler

  /// Plans by a valid configuration.
  package init(_ attrition: Attrition) {
    self.attrition = attrition
    interval = LatencySampler(.uniform(attrition.interval))
    grace = LatencySampler(.uniform(attrition.grace))
    recovery = LatencySampler(.uniform(attrition.recovery))
  }

  /// Nanoseconds until the next strike is due: one decision; nil, and none, if attrition is off.
  package func delay(from stream: DecisionStream) -> UInt64? {
    attrition.isOff ? nil : interval.nanoseconds(from: stream)
  }

  /// What goes down now; nil, and no decision, if nothing may.
  ///
  /// One decision for the group, one for the kind, and per victim one for its recovery and, when
  /// graceful, one for its grace. A group is all living processes of one place. It may go down if
  /// the dead of the whole cluster and it are no more than the budget. All groups that may are
  /// equally likely.
  package func strike(among members: [Member], from stream: DecisionStream) -> Strike? {
    guard !attrition.isOff else { return nil }
    let budget = attrition.maxDead - members.count { !$0.isAlive }
    let groups = groups(of: members).filter { $0.count <= budget }
    guard let group = stream.element(of: groups) else { return nil }
    let kind = kind(from: stream)
    let victims = group.map { process in
      Victim(
        process: process,
        grace: kind == .graceful ? grace.nanoseconds(from: stream) : 0,
        recovery: recovery.nanoseconds(from: stream))
    }
    return Strike(kind: kind, victims: victims)
  }

  /// Which kind is next, by the weights: one decision, of which 0 is the gentlest.
  package func kind(from stream: DecisionStream) -> Attrition.Kind {
    let kinds = Attrition.Kind.allCases.filter { attrition.weight(of: $0) > 0 }
    let total = kinds.reduce(0) { $0 + attrition.weight(of: $1) }
    var remaining = stream.double() * total
    for kind in kinds {
      remaining -= attrition.weight(of: kind)
      if remaining < 0 { return kind }
    }
    // Rounding can leave a remainder of 0 at the very end.
    return kinds.last ?? .crash
  }

  /// The living processes of each place, places in the order of their first members.
  private func groups(of members: [Member]) -> [[Int]] {
    var groups: [(place: Int, processes: [Int])] = []
    var positions: [Int: Int] = [:]
    for member in members where member.isAlive {
      let place = place(of: member)
      if let position = positions[place] {
        groups[position].processes.append(member.process)
      } else {
        positions[place] = groups.count
        groups.append((place, [member.process]))
      }
    }
    return groups.map(\.processes)
  }

  private func place(of member: Member) -> Int {
    switch attrition.scope {
    case .process: member.process
    case .machine: member.machine
    case .zone: member.zone
    case .datacenter: member.datacenter
    }
  }
}
