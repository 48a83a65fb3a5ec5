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
    /// Whether it may be struck.
    package var isVictim: Bool
    /// How likely it is struck, compared with the others.
    package var weight: Double

    package init(
      process: Int, isAlive: Bool = true, machine: Int = 0, zone: Int = 0, datacenter: Int = 0,
      isVictim: Bool = true, weight: Double = 1
    ) {
      self.process = process
      self.isAlive = isAlive
      self.machine = machine
      self.zone = zone
      self.datacenter = datacenter
      self.isVictim = isVictim
      self.weight = weight
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
  /// graceful, one for its grace. A group is all living victims of one place. It may go down if the
  /// dead of the whole cluster and it are no more than the budget. Groups that may are as likely as
  /// the mean weight of their members.
  package func strike(among members: [Member], from stream: DecisionStream) -> Strike? {
    guard !attrition.isOff else { return nil }
    let budget = attrition.maxDead - members.count { !$0.isAlive }
    let groups = groups(of: members).filter { $0.count <= budget }
    let weights = groups.map { $0.reduce(0) { $0 + $1.weight } / Double($0.count) }
    // With equal weights the decision is a plain one of so many groups.
    let isEven = weights.allSatisfy { $0 == weights[0] }
    guard
      let group = isEven
        ? stream.element(of: groups) : groups[stream.index(weights: weights)]
    else { return nil }
    let kind = kind(from: stream)
    let victims = group.map { member in
      Victim(
        process: member.process,
        grace: kind == .graceful ? grace.nanoseconds(from: stream) : 0,
        recovery: recovery.nanoseconds(from: stream))
    }
    return Strike(kind: kind, victims: victims)
  }

  /// Which kind is next, by the weights: one decision, of which 0 is the gentlest.
  package func kind(from stream: DecisionStream) -> Attrition.Kind {
    let kinds = Attrition.Kind.allCases.filter { attrition.weight(of: $0) > 0 }
    return kinds[stream.index(weights: kinds.map(attrition.weight))]
  }

  /// The living victims of each place, places in the order of their first members.
  private func groups(of members: [Member]) -> [[Member]] {
    var groups: [[Member]] = []
    var positions: [Int: Int] = [:]
    for member in members where member.isAlive && member.isVictim {
      let place = place(of: member)
      if let position = positions[place] {
        groups[position].append(member)
      } else {
        positions[place] = groups.count
        groups.append([member])
      }
    }
    return groups
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
