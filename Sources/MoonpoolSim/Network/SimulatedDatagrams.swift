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

/// The async skin over a datagram port.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedDatagrams: DatagramHandler, @unchecked Sendable {
  private let world: World
  private let id: SlabID
  let localAddress: NetworkAddress

  init(_ world: World, _ id: SlabID) {
    self.world = world
    self.id = id
    let port = world.network.datagramPorts[id.index].pointee
    localAddress = world.network.address(port.host, port.port)
  }

  deinit { close() }

  private var port: UnsafeMutablePointer<DatagramPort>? {
    world.isOver ? nil : world.network.datagramPorts.find(id.index, id.generation)
  }

  nonisolated(nonsending) func send(_ bytes: [UInt8], to address: NetworkAddress) async throws {
    guard let port else { throw NetworkError(.closed, "send", address.description) }
    let isOwn = address.ip.isLoopback || address.ip.isUnspecified
    let known = isOwn ? port.pointee.host : world.network.directory.host(at: address.ip)
    // To nowhere it is lost, like any other; but it must be one that could be sent.
    guard let host = known else {
      if bytes.count <= NetworkModel.largestDatagram { return }
      throw NetworkError(.messageTooLarge, "send", address.description)
    }
    if case .failed(let code) = world.network.sendDatagram(id, bytes, to: host, address.port) {
      throw NetworkError(code, "send", address.description)
    }
  }

  nonisolated(nonsending) func receive() async throws -> Datagram {
    while let port {
      switch world.network.receiveDatagram(id) {
      case .done(let datagram):
        let sender = world.network.address(datagram.host, datagram.port)
        return Datagram(bytes: datagram.bytes, sender: sender)
      case .failed(let code): throw NetworkError(code, "receive", localAddress.description)
      case .wouldBlock:
        guard port.pointee.receiver == nil else {
          fatalError("two tasks receive from one datagram port at the same time; let one do it")
        }
        try await world.wait { self.port?.pointer(to: \.receiver) }
      }
    }
    throw NetworkError(.closed, "receive", localAddress.description)
  }

  func close() {
    if !world.isOver { world.network.closeDatagrams(id) }
  }
}
