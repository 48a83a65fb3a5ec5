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

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// The front of a stream; closes it when the last reference goes.
  final class NIOConnection: ConnectionHandler {
    let localAddress: NetworkAddress
    let remoteAddress: NetworkAddress
    private let stream: NIOStream

    /// The connection of a channel that is active; nil if its other end has gone already.
    init?(_ stream: NIOStream) {
      guard let local = NetworkAddress(stream.channel.localAddress),
        let remote = NetworkAddress(stream.channel.remoteAddress)
      else {
        stream.close()
        return nil
      }
      localAddress = local
      remoteAddress = remote
      self.stream = stream
    }

    deinit { stream.close() }

    var now: Duration { ContinuousTime.now }

    func tryRead(atMost maximum: Int) throws -> [UInt8]? {
      switch stream.take(atMost: maximum) {
      case .bytes(let bytes, _): return bytes
      case .nothing: return nil
      case .failure(let code): throw error(code, "read")
      }
    }

    nonisolated(nonsending) func waitUntilReadable(by deadline: Duration?) async throws {
      try await wait(for: .reading, by: deadline, "read")
    }

    func tryWrite(_ bytes: [UInt8], from start: Int) throws -> Int {
      switch stream.give(bytes, from: start) {
      case .bytes(let count, _): return count
      case .failure(let code): throw error(code, "write")
      }
    }

    nonisolated(nonsending) func waitUntilWritable(by deadline: Duration?) async throws {
      try await wait(for: .writing, by: deadline, "write")
    }

    nonisolated(nonsending) private func wait(
      for direction: StreamState.Direction, by deadline: Duration?, _ operation: String
    ) async throws {
      let waiter: Waiter<Void>?
      do {
        waiter = try stream.waiter(for: direction)
      } catch {
        throw self.error(.closed, operation)
      }
      guard let waiter else { return }
      do {
        try await waiter.value(by: deadline, on: stream.channel.eventLoop)
      } catch {
        stream.forget(waiter)
        throw error
      }
    }

    func finish() { stream.finish() }

    func close() { stream.close() }

    func reset() { stream.close(abruptly: true) }

    func setKeepAlive(_ keepAlive: KeepAlive?) {
      let channel = stream.channel
      channel.eventLoop.execute {
        guard channel.isActive, let options = channel.syncOptions else { return }
        // A connection that has failed meanwhile says so to whoever uses it.
        if let keepAlive {
          try? options.setOption(.tcpOption(.keepAliveIdle), value: keepAlive.idle.probeSeconds)
          try? options.setOption(
            .tcpOption(.keepAliveInterval), value: keepAlive.interval.probeSeconds)
          try? options.setOption(
            .tcpOption(.keepAliveCount), value: min(max(keepAlive.count, 1), 127))
        }
        try? options.setOption(.socketOption(.so_keepalive), value: keepAlive == nil ? 0 : 1)
      }
    }

    private func error(_ code: NetworkError.Code, _ operation: String) -> NetworkError {
      NetworkError(code, operation, remoteAddress.description)
    }
  }

  extension NIOBSDSocket.Option {
    #if canImport(Darwin)
      static let keepAliveIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPALIVE)
    #else
      static let keepAliveIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
    #endif
    static let keepAliveInterval = NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)
    static let keepAliveCount = NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)
  }

  extension Duration {
    /// Whole seconds, at least one, at most what the kernel takes: nine hours.
    fileprivate var probeSeconds: Int {
      let (seconds, attoseconds) = components
      return Int(min(max(seconds + (attoseconds > 0 ? 1 : 0), 1), 32_767))
    }
  }
#endif
