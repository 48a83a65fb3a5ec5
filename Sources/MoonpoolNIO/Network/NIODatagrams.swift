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

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// A port for datagrams. Those that nobody receives wait in the kernel, which drops what is too
  /// much.
  final class NIODatagrams: DatagramHandler {
    /// What UDP over IPv4 can carry.
    static let limit = 65_507

    let localAddress: NetworkAddress
    private let channel: any Channel
    private let inbox: DatagramInbox

    init(_ channel: any Channel, _ inbox: DatagramInbox, _ address: NetworkAddress) {
      self.channel = channel
      self.inbox = inbox
      localAddress = address
    }

    deinit { close() }

    nonisolated(nonsending) func send(
      _ bytes: [UInt8], to address: NetworkAddress
    ) async throws {
      if bytes.count > Self.limit {
        throw NetworkError(.messageTooLarge, "send", address.description)
      }
      while true {
        let errno = try inbox.send(bytes, to: address)
        if errno == 0 { return }
        if errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS {
          // The interface is busy for the time of a few datagrams.
          try await Task.sleep(for: .microseconds(100), clock: .continuous)
          continue
        }
        throw NetworkError(NetworkError.Code(errno: errno), "send", address.description)
      }
    }

    nonisolated(nonsending) func receive() async throws -> Datagram {
      switch inbox.take() {
      case .datagram(let datagram): return datagram
      case .closed: throw closed
      case .wait(let waiter):
        channel.read()
        do {
          return try await waiter.value(on: channel.eventLoop)
        } catch {
          inbox.forget(waiter)
          throw error is ListenerClosed ? closed : error
        }
      }
    }

    private var closed: NetworkError {
      NetworkError(.closed, "receive", localAddress.description)
    }

    func close() {
      for waiter in inbox.close() { waiter.end(.failure(ListenerClosed())) }
      channel.closeNow()
    }
  }

  /// Datagrams between the loop that reads them and the tasks that receive them.
  final class DatagramInbox: Sendable {
    private struct State {
      var waiters: [Waiter<Datagram>] = []
      /// Came for somebody who had given up, or together with another; as many as one read gives.
      var waiting: [Datagram] = []
      /// A descriptor of one's own for sending: a channel closes when one datagram finds no way.
      var descriptor: CInt = -1
      var isClosed = false
    }

    private let state = Mutex(State())

    /// From now on datagrams can be sent.
    func opened(_ descriptor: CInt) { state.withLock { $0.descriptor = descriptor } }

    enum Taken {
      case datagram(Datagram)
      case wait(Waiter<Datagram>)
      case closed
    }

    func take() -> Taken {
      state.withLock { state in
        if state.isClosed { return .closed }
        if !state.waiting.isEmpty { return .datagram(state.waiting.removeFirst()) }
        let waiter = Waiter<Datagram>()
        state.waiters.append(waiter)
        return .wait(waiter)
      }
    }

    func forget(_ waiter: Waiter<Datagram>) {
      state.withLock { $0.waiters.removeAll { $0 === waiter } }
    }

    /// Gives a datagram to who waits, or keeps it.
    func came(_ datagram: Datagram) {
      while true {
        let waiter = state.withLock { state -> Waiter<Datagram>? in
          if !state.waiters.isEmpty { return state.waiters.removeFirst() }
          if !state.isClosed { state.waiting.append(datagram) }
          return nil
        }
        if waiter?.end(.success(datagram)) ?? true { return }
      }
    }

    var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }

    /// Sends a datagram.
    ///
    /// - Returns: 0, or the error's number.
    func send(_ bytes: [UInt8], to address: NetworkAddress) throws -> CInt {
      guard let target = try? SocketAddress(address) else { return EINVAL }
      return state.withLock { state in
        if state.isClosed || state.descriptor < 0 { return EBADF }
        return target.withSockAddr { pointer, size in
          let sent = bytes.withUnsafeBytes {
            sendto(
              state.descriptor, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT), pointer,
              socklen_t(size))
          }
          return sent < 0 ? errno : 0
        }
      }
    }

    /// Ends it; who waits is the caller's to tell.
    func close() -> [Waiter<Datagram>] {
      state.withLock { state in
        if state.descriptor >= 0 { _ = systemClose(state.descriptor) }
        defer {
          state.descriptor = -1
          state.waiters = []
          state.waiting = []
        }
        state.isClosed = true
        return state.waiters
      }
    }
  }

  private func systemClose(_ descriptor: CInt) -> CInt {
    #if canImport(Darwin)
      Darwin.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Glibc.close(descriptor)
    #endif
  }

  /// Feeds an inbox from its channel.
  final class DatagramReader: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let inbox: DatagramInbox

    init(_ inbox: DatagramInbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let envelope = unwrapInboundIn(data)
      guard let sender = NetworkAddress(envelope.remoteAddress) else { return }
      inbox.came(Datagram(bytes: Array(envelope.data.readableBytesView), sender: sender))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      if inbox.hasWaiters { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
      for waiter in inbox.close() { waiter.end(.failure(ListenerClosed())) }
      context.fireChannelInactive()
    }
  }
#endif
