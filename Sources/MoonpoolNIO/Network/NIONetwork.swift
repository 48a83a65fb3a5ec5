//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  public import MoonpoolCore
  public import NIOCore
  public import NIOPosix
  import Synchronization

  /// The kernel's TCP and UDP, by SwiftNIO.
  ///
  /// Each connection belongs to one event loop of the group; what tasks write goes to it in
  /// batches, one flush a turn. Buffers on this side of the kernel are bounded: 256 KiB each way.
  public struct NIONetwork: NetworkProvider {
    public let localAddress: IPAddress
    let group: any EventLoopGroup
    let sockets = SocketCount()

    /// Creates the network of a node.
    ///
    /// - Parameters:
    ///   - localAddress: One of the machine's addresses; connections come from it, and listeners
    ///     without an address of their own bind to it. 0.0.0.0 leaves the choice to the kernel.
    ///   - group: Its event loops.
    public init(
      localAddress: IPAddress = .loopback,
      group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
      self.localAddress = localAddress
      self.group = group
    }

    public var now: Duration { ContinuousTime.now }

    /// Sockets of this network that are open at the moment, also those that are being closed.
    package var openSockets: Int { sockets.value }

    nonisolated(nonsending) public func listen(
      on address: NetworkAddress, backlog: Int
    ) async throws -> any ListenerHandler {
      let desk = AcceptDesk()
      let target = try socketAddress(address, "listen")
      let bootstrap = ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: CInt(min(max(backlog, 0), 65_535)))
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelOption(.autoRead, value: false)
        .serverChannelOption(.maxMessagesPerRead, value: 1)
        .serverChannelInitializer { [sockets] channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(PortHandler(sockets))
          }
        }
        .childChannelInitializer { [sockets] channel in
          channel.eventLoop.makeCompletedFuture {
            let stream = NIOStream(channel: channel)
            try stream.begin(
              NIOStreamHandler(stream, sockets) { isActive in
                if desk.came(isActive ? NIOConnection(stream) : nil) { channel.parent?.read() }
              })
          }
        }
      return try await bind(bootstrap.bind(to: target), "listen", address) {
        NIOListener($0, desk, $1)
      }
    }

    nonisolated(nonsending) public func connect(
      to address: NetworkAddress, by deadline: Duration?
    ) async throws -> any ConnectionHandler {
      let target = try socketAddress(address, "connect")
      let loop = group.next()
      let attempt = ConnectAttempt()
      var bootstrap = ClientBootstrap(group: loop)
        // The kernel gives up after two minutes, and a deadline comes from the caller.
        .connectTimeout(.hours(24))
        .channelInitializer { [sockets] channel in
          channel.eventLoop.makeCompletedFuture {
            let stream = try attempt.begin(channel)
            try stream.begin(NIOStreamHandler(stream, sockets))
          }
        }
      if let source = source(for: address.ip) {
        bootstrap = bootstrap.bind(to: try socketAddress(source, "connect"))
        #if os(Linux)
          // The port is chosen when the other end is known: as many connections as to each of them.
          bootstrap = bootstrap.channelOption(
            .ipOption(NIOBSDSocket.Option(rawValue: 24)), value: 1)
        #endif
      }
      bootstrap.connect(to: target).whenComplete { attempt.complete($0, address) }
      do {
        return try await attempt.waiter.value(by: deadline, on: loop)
      } catch {
        attempt.abandon()
        throw error
      }
    }

    nonisolated(nonsending) public func bindDatagrams(
      on address: NetworkAddress
    ) async throws -> any DatagramHandler {
      let inbox = DatagramInbox()
      let target = try socketAddress(address, "bind")
      let made = UnfinishedChannel()
      let bootstrap = DatagramBootstrap(group: group)
        .channelOption(.autoRead, value: false)
        .channelOption(
          .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536)
        )
        .channelInitializer { [sockets] channel in
          made.begin(channel)
          return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers(
              DatagramReader(inbox), PortHandler(sockets))
          }
        }
      let bound = bootstrap.bind(to: target).flatMapThrowing { channel in
        try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
          of: NIOBSDSocket.Handle.self
        ) { inbox.opened(try Self.duplicate($0)) }
        return channel
      }
      // The bootstrap leaves a channel open whose port is taken.
      bound.whenFailure { _ in made.close() }
      return try await bind(bound, "bind", address) { NIODatagrams($0, inbox, $1) }
    }

    nonisolated(nonsending) public func resolve(_ name: String) async throws -> [IPAddress] {
      if let address = try? IPAddress(parsing: name) { return [address] }
      let waiter = Waiter<[IPAddress]>()
      NIOThreadPool.singleton.submit { state in
        guard case .active = state else {
          waiter.end(.failure(NetworkError(.timedOut, "resolve", name)))
          return
        }
        waiter.end(Result { try lookUp(name) })
      }
      return try await waiter.value(on: group.any())
    }

    // MARK: Details

    /// Waits for a channel and makes its front; closes it if nobody waits any more.
    ///
    /// The front is the task's alone: a loop that held it, too, for the rest of its turn would keep
    /// the port open after the last reference has gone.
    nonisolated(nonsending) private func bind<Front: Sendable>(
      _ future: EventLoopFuture<any Channel>, _ operation: String, _ address: NetworkAddress,
      _ front: (any Channel, NetworkAddress) -> Front
    ) async throws -> Front {
      let waiter = Waiter<any Channel>()
      future.whenComplete { result in
        let isWanted = waiter.end(
          result.mapError { error in
            NetworkError(
              NetworkError.Code(error) ?? .addressNotAvailable, operation, address.description)
          })
        if !isWanted, case .success(let channel) = result { channel.close(promise: nil) }
      }
      let channel = try await waiter.value(on: future.eventLoop)
      guard let local = NetworkAddress(channel.localAddress) else {
        channel.close(promise: nil)
        throw NetworkError(.addressNotAvailable, operation, address.description)
      }
      return front(channel, local)
    }

    private func socketAddress(
      _ address: NetworkAddress, _ operation: String
    ) throws -> SocketAddress {
      do {
        return try SocketAddress(address)
      } catch {
        throw NetworkError(.invalidArgument, operation, address.description)
      }
    }

    /// Where a connection comes from; nil leaves it to the kernel.
    private func source(for target: IPAddress) -> NetworkAddress? {
      let isForeign = localAddress.isLoopback && !target.isLoopback
      if localAddress.isUnspecified || localAddress.family != target.family || isForeign {
        return nil
      }
      return NetworkAddress(ip: localAddress, port: 0)
    }

    private static func duplicate(_ descriptor: NIOBSDSocket.Handle) throws -> CInt {
      let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
      if copy < 0 { throw IOError(errnoCode: errno, reason: "fcntl") }
      return copy
    }
  }

  /// A channel that a bootstrap is setting up.
  private final class UnfinishedChannel: Sendable {
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    func begin(_ new: any Channel) { channel.withLock { $0 = new } }

    func close() { channel.withLock { $0 }?.close(promise: nil) }
  }

  /// A connection that is being made, until somebody has it or gives it up.
  private final class ConnectAttempt: Sendable {
    private struct State {
      var stream: NIOStream?
      var isAbandoned = false
    }

    let waiter = Waiter<NIOConnection>()
    private let state = Mutex(State())

    func begin(_ channel: any Channel) throws -> NIOStream {
      try state.withLock { state in
        if state.isAbandoned { throw CancellationError() }
        let stream = NIOStream(channel: channel)
        state.stream = stream
        return stream
      }
    }

    /// On the loop, when the handshake is over.
    func complete(_ result: Result<any Channel, any Error>, _ address: NetworkAddress) {
      let stream = state.withLock { $0.stream }
      switch result {
      case .success:
        // Nobody waits: it closes with its last reference.
        guard let stream, let connection = NIOConnection(stream) else {
          waiter.end(.failure(Self.error(.connectionReset, address)))
          return
        }
        waiter.end(.success(connection))
      case .failure(let error):
        let code =
          NetworkError.Code(error) ?? (error is ChannelError ? .timedOut : .hostUnreachable)
        waiter.end(.failure(Self.error(code, address)))
      }
    }

    func abandon() {
      let stream = state.withLock { state in
        state.isAbandoned = true
        return state.stream
      }
      stream?.channel.close(promise: nil)
    }

    private static func error(
      _ code: NetworkError.Code, _ address: NetworkAddress
    ) -> NetworkError {
      NetworkError(code, "connect", address.description)
    }
  }
#endif
