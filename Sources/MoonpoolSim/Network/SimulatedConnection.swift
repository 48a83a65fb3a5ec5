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

/// The async skin over one end of a stream: asks the model, and waits while it has nothing.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedConnection: ConnectionHandler, @unchecked Sendable {
  private let world: World
  /// The world's, without the counting of references that each use would cost.
  private let network: Unmanaged<NetworkModel>
  private let clock: MachineClock
  private let index: Int32
  private let generation: UInt32
  let localAddress: NetworkAddress
  let remoteAddress: NetworkAddress

  init(_ world: World, _ id: SlabID) {
    self.world = world
    network = .passUnretained(world.network)
    index = id.index
    generation = id.generation
    let socket = world.network.sockets[id.index].pointee
    clock = world.clock(of: socket.host)
    localAddress = world.network.address(socket.host, socket.port)
    remoteAddress = world.network.address(socket.remoteHost, socket.remotePort)
  }

  deinit {
    if !world.isOver { close() }
  }

  /// The socket, while this end has not been closed.
  @inline(__always)
  private var socket: UnsafeMutablePointer<Socket>? {
    network._withUnsafeGuaranteedRef {
      $0.isOver.pointee ? nil : $0.sockets.find(index, generation)
    }
  }

  var now: Duration { Duration(nanoseconds: clock.monotonic(at: world.now)) }

  func tryRead(atMost maximum: Int) throws -> [UInt8]? {
    guard socket != nil else { throw error(.closed, "read") }
    switch network._withUnsafeGuaranteedRef({ $0.read(index, atMost: maximum) }) {
    case .done(let bytes): return bytes
    case .failed(let code): throw error(code, "read")
    case .wouldBlock: return nil
    }
  }

  nonisolated(nonsending) func waitUntilReadable(by deadline: Duration?) async throws {
    guard let socket else { throw error(.closed, "read") }
    if world.network.isReadable(socket) { return }
    guard socket.pointee.reader == nil else { fatalError(Self.twoReaders) }
    try await world.wait(by: deadline, clock) { self.socket?.pointer(to: \.reader) }
  }

  func tryWrite(_ bytes: [UInt8], from start: Int) throws -> Int {
    guard socket != nil else { throw error(.closed, "write") }
    switch network._withUnsafeGuaranteedRef({ $0.write(index, bytes, from: start) }) {
    case .done(let count): return count
    case .failed(let code): throw error(code, "write")
    case .wouldBlock: return 0
    }
  }

  nonisolated(nonsending) func waitUntilWritable(by deadline: Duration?) async throws {
    guard let socket else { throw error(.closed, "write") }
    if world.network.isWritable(socket) { return }
    guard socket.pointee.writer == nil else { fatalError(Self.twoWriters) }
    try await world.wait(by: deadline, clock) { self.socket?.pointer(to: \.writer) }
  }

  func finish() {
    if socket != nil { world.network.finish(index) }
  }

  func close() {
    if socket != nil { world.network.close(index) }
  }

  func reset() {
    if socket != nil { world.network.reset(index) }
  }

  func setKeepAlive(_ keepAlive: KeepAlive?) {
    if socket != nil { world.network.setKeepAlive(index, keepAlive) }
  }

  private func error(_ code: NetworkError.Code, _ operation: String) -> NetworkError {
    NetworkError(code, operation, remoteAddress.description)
  }

  private static let twoReaders =
    "two tasks read from one connection at the same time; let one do it"
  private static let twoWriters =
    "two tasks write to one connection at the same time; let one do it"
}
