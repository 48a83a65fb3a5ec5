//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// A node that elects a leader together with others, and may be it.
///
/// A leader has a lease from a majority of the electors. Nobody trusts wall clocks, and no message
/// says what time it is: each waits by its own monotonic clock.
package struct ElectionNode: Program {
  static let port: UInt16 = 4500

  private let group: String
  private let policy: LeasePolicy

  /// - Parameter group: The name that stands for the addresses of all electors.
  package init(group: String, policy: LeasePolicy) {
    self.group = group
    self.policy = policy
  }

  package func run(on node: Node) async throws {
    let elector = Elector(clock: node.clock, policy: policy)
    let electors = try await node.network.resolve(group)
    let candidate = Candidate(
      node: node, policy: policy,
      electors: electors.map { NetworkAddress(ip: $0, port: Self.port) })
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask(name: "elector") {
        try await node.answer(port: Self.port) { (request: LeaseRequest) in
          LeaseReply(isGranted: await elector.grants(request))
        }
      }
      group.addTask(name: "candidate") { try await candidate.run() }
    }
  }
}

/// Votes for one lease at a time.
private actor Elector {
  private let clock: NodeClock
  private let policy: LeasePolicy
  /// For whom it has voted, and until when; nobody: before it knows what its former incarnation
  /// has promised.
  private var promised: (lease: UInt64?, end: NodeClock.Instant)

  init(clock: NodeClock, policy: LeasePolicy) {
    self.clock = clock
    self.policy = policy
    // What was promised before a crash is forgotten. Waiting is as good as a disk, and survives its
    // loss.
    promised = (nil, clock.now.advanced(by: policy.promiseLength))
  }

  func grants(_ request: LeaseRequest) -> Bool {
    let now = clock.now
    switch request {
    case .vote(let lease):
      guard now >= promised.end || promised.lease == lease else { return false }
      promised = (lease, now.advanced(by: policy.promiseLength))
      return true
    case .release(let lease):
      if promised.lease == lease { promised.end = now }
      return false
    }
  }
}

/// Tries to become the leader, and acts as one.
private struct Candidate {
  let node: Node
  let policy: LeasePolicy
  let electors: [NetworkAddress]

  func run() async throws {
    while true {
      // At random, or candidates would split the votes again and again.
      try await node.clock.sleep(
        for: node.random.duration(in: .milliseconds(100) ... .milliseconds(600)))
      let lease = node.random.next()
      if let end = await obtain(lease) {
        try await lead(lease, until: end)
      } else {
        await ask(.release(lease: lease))
      }
    }
  }

  /// Asks for a lease, new or prolonged; returns when it ends.
  private func obtain(_ lease: UInt64) async -> NodeClock.Instant? {
    // From before anybody was asked: no elector has counted less by now.
    let start = node.clock.now
    let votes = await ask(.vote(lease: lease))
    return votes > electors.count / 2 ? start.advanced(by: policy.length) : nil
  }

  /// Asks all electors; returns how many have granted it, as soon as they are a majority.
  @discardableResult
  private func ask(_ request: LeaseRequest) async -> Int {
    var votes = 0
    await node.ask(all: electors, request, timeout: policy.length / 2) { (_, reply: LeaseReply) in
      votes += reply.isGranted ? 1 : 0
      return votes > electors.count / 2
    }
    return votes
  }

  /// Leads until the lease can't be prolonged, or something better comes up.
  private func lead(_ lease: UInt64, until end: NodeClock.Instant) async throws {
    var end = end
    var renewal = node.clock.now.advanced(by: policy.length / 2)
    // Nobody leads for ever: changes are what this is about.
    let renewals = node.random.int(in: 0...3)
    var renewed = 0
    while node.clock.now < end {
      node.emit(LeaderActed(lease: lease))
      try await node.clock.sleep(for: .milliseconds(25))
      if renewed < renewals, node.clock.now >= renewal {
        renewed += 1
        renewal = node.clock.now.advanced(by: policy.length / 2)
        if let later = await obtain(lease) { end = later }
      }
    }
  }
}
