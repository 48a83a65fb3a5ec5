//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A node's network.
public struct Network: Sendable {
  let provider: any NetworkProvider

  /// Creates the front of a provider.
  public init(provider: any NetworkProvider) { self.provider = provider }

  /// The node's own address.
  public var localAddress: IPAddress { provider.localAddress }

  /// Connections that wait to be accepted, where nothing else is said.
  public static var defaultBacklog: Int { 128 }

  /// Connects to a listener.
  ///
  /// - Throws: ``TimeoutError`` after `timeout`; ``NetworkError``: `connectionRefused`, `timedOut`,
  /// `connectionReset`,
  ///   `addressNotAvailable`; `CancellationError`.
  nonisolated(nonsending) public func connect(
    to address: NetworkAddress, timeout: Duration? = nil
  ) async throws -> Connection {
    guard let timeout else {
      return Connection(handler: try await provider.connect(to: address, by: nil))
    }
    do {
      return Connection(
        handler: try await provider.connect(to: address, by: provider.now + timeout))
    } catch is DeadlineExceeded {
      throw TimeoutError(limit: timeout)
    }
  }

  /// Connects, runs `body`, and closes the connection whatever happens.
  nonisolated(nonsending) public func withConnection<Result>(
    to address: NetworkAddress,
    _ body: nonisolated(nonsending) (Connection) async throws -> Result
  ) async throws -> Result {
    let connection = try await connect(to: address)
    defer { connection.close() }
    return try await body(connection)
  }

  /// Opens a port for connections; port 0 takes a free one.
  ///
  /// - Throws: ``NetworkError``: `addressInUse`, `addressNotAvailable`.
  nonisolated(nonsending) public func listen(
    on address: NetworkAddress, backlog: Int = defaultBacklog
  ) async throws -> Listener {
    Listener(handler: try await provider.listen(on: address, backlog: backlog))
  }

  /// Opens a port of this node's own address for connections.
  nonisolated(nonsending) public func listen(
    port: UInt16, backlog: Int = defaultBacklog
  ) async throws -> Listener {
    let address = NetworkAddress(ip: provider.localAddress, port: port)
    return try await listen(on: address, backlog: backlog)
  }

  /// Serves connections, each in a task of its own and closed at its end, until cancelled.
  ///
  /// An error of `handle` ends its connection alone.
  public func serve(
    port: UInt16, backlog: Int = defaultBacklog,
    _ handle: @escaping @Sendable (Connection) async throws -> Void
  ) async throws {
    let listener = try await listen(port: port, backlog: backlog)
    defer { listener.close() }
    try await withThrowingDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let connection = try await listener.accept()
        group.addTask(name: "connection") {
          defer { connection.close() }
          try? await handle(connection)
        }
      }
    }
  }

  /// Opens a port for datagrams; port 0 takes a free one.
  ///
  /// - Throws: ``NetworkError``: `addressInUse`, `addressNotAvailable`.
  nonisolated(nonsending) public func bindDatagrams(
    port: UInt16 = 0
  ) async throws -> DatagramSocket {
    let address = NetworkAddress(ip: provider.localAddress, port: port)
    return DatagramSocket(handler: try await provider.bindDatagrams(on: address))
  }

  /// The addresses that a name stands for.
  ///
  /// - Throws: ``NetworkError``: `nameNotFound`, `timedOut`.
  nonisolated(nonsending) public func resolve(_ name: String) async throws -> [IPAddress] {
    try await provider.resolve(name)
  }
}

/// A port that is open for connections. A copy is the same port; it closes with the last.
public struct Listener: Sendable {
  /// What does the work; for those who write providers.
  public let handler: any ListenerHandler

  /// Creates the front of a handler.
  public init(handler: any ListenerHandler) { self.handler = handler }

  /// Where it listens, with the port that it got.
  public var localAddress: NetworkAddress { handler.localAddress }

  /// Waits for the next connection.
  ///
  /// - Throws: ``NetworkError``: `closed`; `CancellationError`.
  nonisolated(nonsending) public func accept() async throws -> Connection {
    Connection(handler: try await handler.accept())
  }

  /// Closes the port. Connections that nobody has accepted are reset.
  public func close() { handler.close() }
}

/// A port that is open for datagrams. A copy is the same port; it closes with the last.
public struct DatagramSocket: Sendable {
  /// What does the work; for those who write providers.
  public let handler: any DatagramHandler

  /// Creates the front of a handler.
  public init(handler: any DatagramHandler) { self.handler = handler }

  /// Where it listens, with the port that it got.
  public var localAddress: NetworkAddress { handler.localAddress }

  /// Sends one datagram. It may be lost, doubled, or overtaken.
  ///
  /// - Throws: ``NetworkError``: `messageTooLarge`, `closed`.
  nonisolated(nonsending) public func send(
    _ bytes: [UInt8], to address: NetworkAddress
  ) async throws {
    try await handler.send(bytes, to: address)
  }

  /// Waits for the next datagram.
  ///
  /// - Throws: ``NetworkError``: `closed`; `CancellationError`.
  nonisolated(nonsending) public func receive() async throws -> Datagram {
    try await handler.receive()
  }

  /// Closes the port.
  public func close() { handler.close() }
}
