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

/// The async skin over a listening port.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedListener: ListenerHandler, @unchecked Sendable {
  private let world: World
  private let id: SlabID
  let localAddress: NetworkAddress

  init(_ world: World, _ id: SlabID) {
    self.world = world
    self.id = id
    let listener = world.network.listeners[id.index].pointee
    localAddress = world.network.address(listener.host, listener.port)
  }

  deinit { close() }

  private var listener: UnsafeMutablePointer<ListenerState>? {
    world.isOver ? nil : world.network.listeners.find(id.index, id.generation)
  }

  nonisolated(nonsending) func accept() async throws -> any ConnectionHandler {
    while let listener {
      switch world.network.accept(id) {
      case .done(let socket): return SimulatedConnection(world, socket)
      case .failed(let code): throw NetworkError(code, "accept", localAddress.description)
      case .wouldBlock:
        guard listener.pointee.acceptor == nil else {
          fatalError("two tasks accept from one listener at the same time; let one do it")
        }
        try await world.wait { self.listener?.pointer(to: \.acceptor) }
      }
    }
    throw NetworkError(.closed, "accept", localAddress.description)
  }

  func close() {
    if !world.isOver { world.network.closeListener(id) }
  }
}
