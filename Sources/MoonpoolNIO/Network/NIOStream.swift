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
  import Synchronization

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// What a channel's handler and the front of a connection share; outlives the front until all has
  /// been sent.
  final class NIOStream: Sendable {
    /// How long a closed end tries to get rid of what was written, against a peer that doesn't
    /// read.
    static let lingering = TimeAmount.seconds(120)

    let channel: any Channel
    private let state = Mutex(StreamState())

    init(channel: any Channel) { self.channel = channel }

    /// Makes a channel that has just been made the stream's, before it is registered.
    func begin(_ handler: NIOStreamHandler) throws {
      let options = channel.syncOptions!
      try options.setOption(.autoRead, value: false)
      try options.setOption(.allowRemoteHalfClosure, value: true)
      // Some kernels refuse that on a connection that has been reset already.
      try? options.setOption(.tcpOption(.tcp_nodelay), value: 1)
      try channel.pipeline.syncOperations.addHandler(handler)
    }

    // MARK: From tasks

    func take(atMost maximum: Int) -> StreamState.Taken {
      let taken = state.withLock { $0.take(atMost: maximum) }
      if case .bytes(_, resumes: true) = taken { channel.read() }
      return taken
    }

    func give(_ bytes: [UInt8], from start: Int) -> StreamState.Given {
      let given = state.withLock { $0.give(bytes, from: start) }
      if case .bytes(_, starts: true) = given { scheduleSending() }
      return given
    }

    /// Waits; nil if there is nothing to wait for.
    func waiter(for direction: StreamState.Direction) throws(Closed) -> Waiter<Void>? {
      let waiter = Waiter<Void>()
      let isWaiting = state.withLock { state -> Bool? in
        if state.isClosed { return nil }
        return state.add(waiter, for: direction)
      }
      guard let isWaiting else { throw Closed() }
      return isWaiting ? waiter : nil
    }

    /// This end has been closed.
    struct Closed: Error {}

    /// A wait was given up.
    func forget(_ waiter: Waiter<Void>) {
      state.withLock { $0.forget(waiter) }
    }

    func finish() {
      let starts = state.withLock { $0.finish() }
      if starts { scheduleSending() }
      wake()
    }

    func close(abruptly: Bool = false) {
      switch state.withLock({ $0.close(abruptly: abruptly) }) {
      case .wasClosed: return
      case .abruptly: channel.eventLoop.execute { self.reset() }
      case .politely(let starts):
        if starts {
          scheduleSending()
        } else {
          channel.eventLoop.execute { self.limitLingering() }
        }
      }
      wake()
    }

    private func wake() {
      for waiter in state.withLock({ $0.woken() }) { waiter.end(.success(())) }
    }

    // MARK: On the loop

    private func scheduleSending() { channel.eventLoop.execute { self.send() } }

    /// One batch a turn, so that no writer keeps the loop from others.
    private func send() {
      switch state.withLock({ $0.nextToSend() }) {
      case .batch(let batch):
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
          self.state.withLock { $0.sent() }
          if case .failure(let error) = result { self.failed(error) }
          self.wake()
          self.scheduleSending()
        }
        channel.writeAndFlush(batch, promise: promise)
      case .end:
        channel.close(mode: .output, promise: nil)
      case .close:
        // The end of the stream first: a close with bytes that came meanwhile would be a reset.
        channel.close(mode: .output, promise: nil)
        if state.withLock({ $0.hasDiscarded }) { lingerNot() }
        channel.close(mode: .all, promise: nil)
      case .nothing: break
      }
    }

    private func limitLingering() {
      guard channel.isActive else { return }
      let timer = channel.eventLoop.scheduleTask(in: Self.lingering) { self.reset() }
      channel.closeFuture.whenComplete { _ in timer.cancel() }
    }

    private func lingerNot() {
      guard let options = channel as? any SocketOptionProvider else { return }
      _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }

    private func reset() {
      guard channel.isActive else { return }
      lingerNot()
      channel.close(mode: .all, promise: nil)
    }

    func arrived(_ piece: ByteBuffer) { state.withLock { $0.arrived(piece) } }

    func arrivedAll() {
      let readsOn = state.withLock { $0.readsOn() }
      wake()
      if readsOn { channel.read() }
    }

    func ended() {
      state.withLock { $0.ended() }
      wake()
    }

    func failed(_ error: any Error) {
      guard let code = NetworkError.Code(error) else { return }
      state.withLock { $0.failed(code) }
      wake()
    }

    func gone() {
      state.withLock { $0.gone() }
      wake()
    }
  }

  /// Feeds a stream from its channel.
  final class NIOStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let stream: NIOStream
    private let sockets: SocketCount
    /// Told once whether the connection has come about.
    private var whenDecided: ((Bool) -> Void)?

    init(
      _ stream: NIOStream, _ sockets: SocketCount, whenDecided: ((Bool) -> Void)? = nil
    ) {
      self.stream = stream
      self.sockets = sockets
      self.whenDecided = whenDecided
    }

    private func decide(_ isActive: Bool) {
      whenDecided?(isActive)
      whenDecided = nil
    }

    func handlerAdded(context: ChannelHandlerContext) { sockets.opened() }

    func handlerRemoved(context: ChannelHandlerContext) {
      sockets.closed()
      decide(false)
    }

    func channelActive(context: ChannelHandlerContext) {
      decide(true)
      context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      stream.arrived(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) { stream.arrivedAll() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case ChannelEvent.inputClosed = event { stream.ended() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      stream.failed(error)
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { stream.gone() }
  }

  /// How many sockets of a network are open.
  final class SocketCount: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func opened() { count.add(1, ordering: .relaxed) }

    func closed() { count.subtract(1, ordering: .relaxed) }
  }
#endif
