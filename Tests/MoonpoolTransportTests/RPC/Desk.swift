//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import MoonpoolTransport

/// A process with a transport, which says in its log what its calls came to.
struct Desk: Program {
  static let port: UInt16 = 4_600

  var configuration = TransportConfiguration()
  /// What it serves and calls.
  let work: @Sendable (Node, Transport) async throws -> Void

  init(
    _ configuration: TransportConfiguration = .init(),
    work: @escaping @Sendable (Node, Transport) async throws -> Void
  ) {
    self.configuration = configuration
    self.work = work
  }

  func run(on node: Node) async throws {
    let transport = try await Transport.listening(on: node, port: Self.port, configuration)
    try await work(node, transport)
    try await node.clock.sleep(for: .seconds(1 << 20))
    transport.close()
  }
}

/// What a desk asks of another.
struct Question: Codable, Sendable {
  var number: Int
  var text = ""
}

struct Mistake: Error, Codable, Hashable {
  var code: Int
}

extension Node {
  func desk(_ name: String) async throws -> NetworkAddress {
    NetworkAddress(ip: try await network.resolve(name)[0], port: Desk.port)
  }

  /// Logs what a call comes to, under a name.
  func note(_ name: String, _ call: () async throws -> some Sendable) async {
    let result: String
    do { result = "\(try await call())" } catch { result = Self.words(error) }
    logger.info("\(name)", metadata: ["is": "\(result)"])
  }

  private static func words(_ error: any Error) -> String {
    guard let error = error as? ReplyError else { return "\(error)" }
    return switch error {
    case .maybeDelivered: "maybeDelivered"
    case .notDelivered: "notDelivered"
    case .brokenPromise: "brokenPromise"
    case .failed(let failure): "failed: \(failure)"
    case .endpointNotFound: "endpointNotFound"
    case .deadlineExceeded: "deadlineExceeded"
    case .overloaded: "overloaded"
    case .undecodableRequest: "undecodableRequest"
    case .undecodableReply: "undecodableReply"
    case .closed: "closed"
    }
  }
}

extension Scenario {
  /// Desks by their names, for so long, in a world without faults but those that are given.
  static func desks(
    _ programs: [(name: String, Desk)], for time: Duration, with parts: [Chaos] = []
  ) -> Scenario {
    var scenario = Scenario("desks") {
      Clients { node, _ in try await node.clock.sleep(for: time) }
    }
    for (name, program) in programs {
      Processes(named: name) { program }.add(to: &scenario)
    }
    for part in parts { part.add(to: &scenario) }
    scenario.world.network = NetworkConfiguration()
    scenario.budget.run = time * 2 + .seconds(100)
    scenario.budget.settle = .zero
    scenario.options.leaks = .ignore
    return scenario
  }

  /// A desk `a` that calls and a desk `b` that serves.
  static func calls(
    for time: Duration = .seconds(60), with parts: [Chaos] = [],
    _ configuration: TransportConfiguration = .init(),
    serving: @escaping @Sendable (Node, Transport) async throws -> Void,
    calling: @escaping @Sendable (Node, Transport, NetworkAddress) async throws -> Void
  ) -> Scenario {
    let caller = Desk(configuration) { node, transport in
      try await node.clock.sleep(for: .milliseconds(10))
      try await calling(node, transport, try await node.desk("b"))
    }
    return .desks(
      [("a", caller), ("b", Desk(configuration, work: serving))], for: time, with: parts)
  }
}

/// Does something at times.
struct Hand: FaultInjector {
  let work: @Sendable (FaultContext) async throws -> Void

  func inject(with faults: FaultContext) async throws { try await work(faults) }
}

extension Chaos {
  /// What is done in the first half minute.
  static func by(_ work: @escaping @Sendable (FaultContext) async throws -> Void) -> Chaos {
    Chaos(for: .seconds(30)) { Hand(work: work) }
  }

  /// Cuts the two desks off from each other from one time to another.
  static func cut(from start: Duration, for length: Duration) -> Chaos {
    .by { faults in
      try await faults.sleep(for: start)
      let partition = faults.partition(
        [faults.cluster.processes[0]], from: [faults.cluster.processes[1]])
      try await faults.sleep(for: length)
      faults.heal(partition)
    }
  }

  /// Crashes the serving desk, and starts it again later.
  static func crash(at time: Duration, for length: Duration) -> Chaos {
    .by { faults in
      try await faults.sleep(for: time)
      faults.reboot(faults.cluster.processes[1], .crash, recovery: length)
    }
  }
}
