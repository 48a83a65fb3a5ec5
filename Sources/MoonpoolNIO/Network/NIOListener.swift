//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore
  import NIOCore
  import NIOPosix
  import Synchronization

  /// A port for connections. Those that nobody accepts wait in the kernel, so that its backlog
  /// counts.
  final class NIOListener: ListenerHandler {
    let localAddress: NetworkAddress
    private let channel: any Channel
    private let desk: AcceptDesk

    init(_ channel: any Channel, _ desk: AcceptDesk, _ address: NetworkAddress) {
      self.channel = channel
      self.desk = desk
      localAddress = address
    }

    deinit { close() }

    nonisolated(nonsending) func accept() async throws -> any ConnectionHandler {
      switch desk.ask() {
      case .connection(let connection): return connection
      case .closed: throw closed
      case .wait(let waiter, let reads):
        if reads { channel.read() }
        do {
          return try await waiter.value(on: channel.eventLoop)
        } catch {
          desk.forget(waiter)
          throw error is ListenerClosed ? closed : error
        }
      }
    }

    private var closed: NetworkError {
      NetworkError(.closed, "accept", localAddress.description)
    }

    func close() {
      let (waiters, connections) = desk.close()
      for waiter in waiters { waiter.end(.failure(ListenerClosed())) }
      for connection in connections { connection.reset() }
      // When this returns, the port is free, and connecting is refused.
      channel.closeNow()
    }
  }

  /// Somebody waited for a connection while the listener was closed.
  struct ListenerClosed: Error {}

  /// Brings those who accept together with those who come.
  final class AcceptDesk: Sendable {
    private struct State {
      var waiters: [Waiter<NIOConnection>] = []
      /// Came for somebody who had given up by then.
      var waiting: [NIOConnection] = []
      /// The channel has been asked for a connection. One at a time: they are set up on loops of
      /// their own and would overtake each other.
      var isReading = false
      var isClosed = false
    }

    private let state = Mutex(State())

    enum Answer {
      case connection(NIOConnection)
      /// Wait; `reads` says whether the channel must be asked for a connection.
      case wait(Waiter<NIOConnection>, reads: Bool)
      case closed
    }

    func ask() -> Answer {
      state.withLock { state in
        if state.isClosed { return .closed }
        if !state.waiting.isEmpty { return .connection(state.waiting.removeFirst()) }
        let waiter = Waiter<NIOConnection>()
        state.waiters.append(waiter)
        defer { state.isReading = true }
        return .wait(waiter, reads: !state.isReading)
      }
    }

    func forget(_ waiter: Waiter<NIOConnection>) {
      state.withLock { $0.waiters.removeAll { $0 === waiter } }
    }

    /// A connection is there, or one that had come is gone again: nil.
    ///
    /// - Returns: Whether the channel must be asked for another one.
    func came(_ connection: NIOConnection?) -> Bool {
      var arrived = connection
      while let connection = arrived {
        let (waiter, isClosed) = state.withLock { state in
          let waiter = state.waiters.isEmpty ? nil : state.waiters.removeFirst()
          if waiter == nil && !state.isClosed { state.waiting.append(connection) }
          return (waiter, state.isClosed)
        }
        if isClosed { connection.reset() }
        if waiter == nil || waiter!.end(.success(connection)) { arrived = nil }
      }
      return state.withLock { state in
        state.isReading = !state.waiters.isEmpty
        return state.isReading
      }
    }

    func close() -> ([Waiter<NIOConnection>], [NIOConnection]) {
      state.withLock { state in
        defer {
          state.waiters = []
          state.waiting = []
        }
        state.isClosed = true
        return (state.waiters, state.waiting)
      }
    }
  }

  extension Channel {
    /// Closes the channel and returns when its port is free.
    ///
    /// A loop never waits for tasks, so this wait is as short as its turn. Loops don't wait for
    /// each other.
    func closeNow() {
      if MultiThreadedEventLoopGroup.currentEventLoop != nil || eventLoop.inEventLoop {
        close(promise: nil)
      } else if isActive {
        try? close().wait()
      }
    }
  }

  /// Counts a socket that isn't a stream's, and keeps it going.
  final class PortHandler: ChannelInboundHandler {
    typealias InboundIn = Any

    /// How long a port rests that could open no descriptor, or had no memory.
    private static let rest = TimeAmount.milliseconds(100)

    private let sockets: SocketCount

    init(_ sockets: SocketCount) { self.sockets = sockets }

    func handlerAdded(context: ChannelHandlerContext) { sockets.opened() }

    func handlerRemoved(context: ChannelHandlerContext) { sockets.closed() }

    /// What one connection or datagram suffers is no reason to close the port: on with the next.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      guard NetworkError.Code(error) == .tooManyConnections else {
        context.read()
        return
      }
      let channel = context.channel
      // What failed would fail again at once, and the loop would do nothing else. The channel still
      // takes itself for asked to read: only leaving `autoRead` makes it look away.
      try? channel.syncOptions?.setOption(.autoRead, value: true)
      try? channel.syncOptions?.setOption(.autoRead, value: false)
      channel.eventLoop.scheduleTask(in: Self.rest) { channel.read() }
    }
  }
#endif
