//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
public import MoonpoolCore
import MoonpoolTransport

/// Calls servers and other callers in all ways, until it is told to come to an end, and tells what
/// comes of it.
public struct Caller: Program {
  /// Names of those that it calls, as far as there are such.
  let servers: [String]
  /// What it does; nil: each life draws some of all.
  let kinds: [CallKind]?
  /// Whether others can call it.
  let isKnown: Bool
  /// When it begins nothing more, by its clock.
  let until: Duration

  /// Makes one.
  ///
  /// - Parameters:
  ///   - servers: Names of those that it calls, as far as there are such.
  ///   - kinds: What it does; nil: each life draws some of all, so that others don't disturb them.
  ///   - isKnown: Whether others can call it.
  ///   - until: When it begins nothing more, by the node's clock.
  public init(
    servers: [String], kinds: [CallKind]? = nil, isKnown: Bool = true, until: Duration
  ) {
    self.servers = servers
    self.kinds = kinds
    self.isKnown = isKnown
    self.until = until
  }

  public func run(on node: Node) async throws {
    let transport =
      isKnown
      ? try await Transport.listening(on: node, port: Place.port) : Transport.calling(on: node)
    node.emit(CallEvent.began(life: transport.incarnation, isKnown: isKnown))
    if isKnown { try CallServices(transport: transport).serve() }
    let driver = CallDriver(
      transport: transport, servers: await addresses(of: servers, on: node), until: until,
      seesAll: kinds == nil)
    do {
      try await withThrowingTaskGroup { group in
        for (lane, kinds) in lanes(on: node).enumerated() where !kinds.isEmpty {
          group.addTask(name: "lane \(lane)") { try await driver.run(kinds) }
        }
        try await group.waitForAll()
      }
      try await node.clock.sleep(for: .seconds(1 << 30))
    } catch {
      transport.close()
      throw error
    }
  }

  private func addresses(of names: [String], on node: Node) async -> [NetworkAddress] {
    var addresses: [NetworkAddress] = []
    for name in names {
      guard let ip = try? await node.network.resolve(name).first, ip != node.address else {
        continue
      }
      addresses.append(NetworkAddress(ip: ip, port: Place.port))
    }
    return addresses
  }

  /// What is done at the same time. A chain has one call under way.
  private func lanes(on node: Node) -> [[CallKind]] {
    var kinds = kinds ?? drawnKinds(node.random)
    // What nobody knows by an address has no chain, and nothing of its own.
    if !isKnown { kinds.removeAll { $0 == .chained || $0 == .here } }
    let others = kinds.filter { $0 != .chained }
    return [others, others, others, kinds.filter { $0 == .chained }]
  }

  /// Some of all, or a few.
  private func drawnKinds(_ random: RandomSource) -> [CallKind] {
    let share = random.bool() ? 0.5 : 0.1
    let kinds = CallKind.allCases.filter { _ in random.bool(probability: share) }
    return kinds.isEmpty ? [random.element(of: CallKind.allCases)!] : kinds
  }
}
