//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore
import MoonpoolRuntime

/// One node's view of the simulated network.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedNetwork: NetworkProvider, @unchecked Sendable {
  private let world: World
  private let host: Int32
  private let node: UInt32
  private let clock: MachineClock
  let localAddress: IPAddress

  /// `node` is the number of the kernel's node that the sockets belong to.
  init(_ world: World, host: Int32, node: UInt32, clock: MachineClock) {
    self.world = world
    self.host = host
    self.node = node
    self.clock = clock
    localAddress = world.network.directory.hosts[Int(host)].address
  }

  var now: Duration { Duration(nanoseconds: clock.monotonic(at: world.now)) }

  private var model: NetworkModel { world.network }

  private func refuseIfOver(_ operation: String) throws {
    if world.isOver { throw NetworkError(.closed, operation) }
  }

  /// Waits for a time that the shape draws from this node's own stream.
  nonisolated(nonsending) private func spend(
    _ shape: LatencySampler, on call: String
  ) async throws {
    let time =
      shape.constant
      ?? shape.nanoseconds(from: Simulation.decisions(.kernel(host: host, call)))
    if time > 0 { try await Simulation.clock.sleep(for: Duration(nanoseconds: time)) }
  }

  nonisolated(nonsending) func listen(
    on address: NetworkAddress, backlog: Int
  ) async throws -> any ListenerHandler {
    try refuseIfOver("listen")
    guard address.ip == localAddress || address.ip.isUnspecified else {
      throw NetworkError(.addressNotAvailable, "listen", address.description)
    }
    let id: SlabID
    switch model.listen(host, port: address.port, backlog: backlog, node: node) {
    case .done(let listener): id = listener
    case .failed(let code): throw NetworkError(code, "listen", address.description)
    case .wouldBlock: fatalError("listening never waits")
    }
    let listener = SimulatedListener(world, id)
    try await spend(model.figures.bindLatency, on: "bind")
    return listener
  }

  nonisolated(nonsending) func connect(
    to address: NetworkAddress, by deadline: Duration?
  ) async throws -> any ConnectionHandler {
    try refuseIfOver("connect")
    guard let remote = remoteHost(address.ip) else {
      throw NetworkError(.hostUnreachable, "connect", address.description)
    }
    let id: SlabID
    switch model.connect(host, to: remote, port: address.port, node: node) {
    case .done(let socket): id = socket
    case .failed(let code): throw NetworkError(code, "connect", address.description)
    case .wouldBlock: fatalError("beginning to connect never waits")
    }
    // From here on an error or a cancellation closes what was begun.
    let connection = SimulatedConnection(world, id)
    while !world.isOver {
      switch model.connectResult(id) {
      case .done: return connection
      case .failed(let code): throw NetworkError(code, "connect", address.description)
      case .wouldBlock:
        try await world.wait(by: deadline, clock) {
          world.isOver
            ? nil : model.sockets.find(id.index, id.generation)?.pointer(to: \.writer)
        }
      }
    }
    throw NetworkError(.closed, "connect", address.description)
  }

  private func remoteHost(_ address: IPAddress) -> Int32? {
    if address.isLoopback || address.isUnspecified { return host }
    return model.directory.host(at: address)
  }

  nonisolated(nonsending) func bindDatagrams(
    on address: NetworkAddress
  ) async throws -> any DatagramHandler {
    try refuseIfOver("bind")
    guard address.ip == localAddress || address.ip.isUnspecified else {
      throw NetworkError(.addressNotAvailable, "bind", address.description)
    }
    switch model.bindDatagrams(host, port: address.port, node: node) {
    case .done(let id): return SimulatedDatagrams(world, id)
    case .failed(let code): throw NetworkError(code, "bind", address.description)
    case .wouldBlock: fatalError("binding never waits")
    }
  }

  nonisolated(nonsending) func resolve(_ name: String) async throws -> [IPAddress] {
    try refuseIfOver("resolve")
    try await spend(model.figures.nameLatency, on: "resolve")
    if let addresses = model.directory.addresses(of: name) { return addresses }
    if let address = try? IPAddress(parsing: name) { return [address] }
    throw NetworkError(.nameNotFound, "resolve", name)
  }
}

extension NetworkModel {
  func address(_ host: Int32, _ port: UInt16) -> NetworkAddress {
    NetworkAddress(ip: directory.hosts[Int(host)].address, port: port)
  }
}
