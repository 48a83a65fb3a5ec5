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

/// Calls servers in all ways, until it is told to come to an end, and tells what comes of it.
public struct Caller: Program {
  /// Names of the servers.
  let servers: [String]
  /// What it does; nil: each life draws some of all.
  let kinds: [CallKind]?
  /// When it begins nothing more, by its clock.
  let until: Duration

  /// Makes one.
  ///
  /// - Parameters:
  ///   - kinds: What it does; nil: each life draws some of all, so that others don't disturb them.
  ///   - until: When it begins nothing more, by the node's clock.
  public init(servers: [String], kinds: [CallKind]? = nil, until: Duration) {
    self.servers = servers
    self.kinds = kinds
    self.until = until
  }

  public func run(on node: Node) async throws {
    let transport = try await Transport.listening(on: node, port: Place.port)
    node.emit(CallEvent.began(life: transport.incarnation))
    var addresses: [NetworkAddress] = []
    for name in servers {
      addresses.append(
        NetworkAddress(ip: try await node.network.resolve(name)[0], port: Place.port))
    }
    // For calls of its own.
    try transport.serve(at: Place.plain, name: "own calls") { (question: Question, _) in
      node.emit(CallEvent.carriedOut(id: question.id, life: transport.incarnation))
      return question.answer
    }
    let driver = CallDriver(transport: transport, servers: addresses, until: until)
    let kinds = kinds ?? CallKind.allCases.filter { _ in node.random.bool() }
    do {
      try await withThrowingTaskGroup { group in
        for lane in 0..<4 where lane < 3 || kinds.contains(.chained) {
          let kinds = kinds.filter { ($0 == .chained) == (lane == 3) }
          if kinds.isEmpty { continue }
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
}
