//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import Glibc
  import MoonpoolCore
  import MoonpoolNIO
  import Testing

  /// What the kernel is told about the sockets of connections.
  @Suite struct SocketOptionTests {
    private let node = Node.real(
      name: "node", address: IPAddress(127, 251, 1, 1), storage: NoStorage())
    private let tcp = CInt(IPPROTO_TCP)

    private func pair() async throws -> (near: Connection, far: Connection) {
      let listener = try await node.network.listen(port: 0)
      async let far = listener.accept()
      return (try await node.network.connect(to: listener.localAddress), try await far)
    }

    @Test func `small writes go at once, from both ends`() async throws {
      let (near, far) = try await pair()
      for end in [near, far] {
        #expect(try option(TCP_NODELAY, of: tcp, descriptor(of: end)) == 1)
      }
    }

    @Test func `keep-alive is what was set last, at both ends, in whole seconds`() async throws {
      let (near, far) = try await pair()
      for end in [near, far] {
        let socket = try descriptor(of: end)
        #expect(try option(SO_KEEPALIVE, of: SOL_SOCKET, socket) == 0)
        end.setKeepAlive(KeepAlive(idle: .milliseconds(3_500), interval: .seconds(2), count: 4))
        try await settings(of: socket, become: [1, 4, 2, 4])
        end.setKeepAlive(
          KeepAlive(idle: .milliseconds(1), interval: .seconds(40_000), count: 1_000))
        try await settings(of: socket, become: [1, 1, 32_767, 127])
        end.setKeepAlive(nil)
        try await settings(of: socket, become: [0, 1, 32_767, 127])
      }
    }

    /// The loop sets them, some time after they were asked for.
    private func settings(of socket: CInt, become expected: [CInt]) async throws {
      func settings() throws -> [CInt] {
        let details = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT]
        return [try option(SO_KEEPALIVE, of: SOL_SOCKET, socket)]
          + (try details.map { try option($0, of: tcp, socket) })
      }
      let start = node.clock.now
      while try settings() != expected, start.duration(to: node.clock.now) < .seconds(60) {
        try await node.clock.sleep(for: .milliseconds(10))
      }
      #expect(try settings() == expected)
    }

    /// An option as the kernel has it.
    private func option(
      _ name: CInt, of level: CInt, _ socket: CInt
    ) throws -> CInt {
      var value: CInt = -1
      var size = socklen_t(MemoryLayout<CInt>.size)
      try #require(getsockopt(socket, level, name, &value, &size) == 0)
      return value
    }

    /// The one among the process's descriptors that has the addresses of a connection.
    private func descriptor(of connection: Connection) throws -> CInt {
      try #require(
        (0..<CInt(20_000)).first {
          address($0, getsockname) == connection.localAddress
            && address($0, getpeername) == connection.remoteAddress
        })
    }

    private func address(
      _ socket: CInt,
      _ read: (CInt, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> CInt
    ) -> NetworkAddress? {
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { read(socket, $0, &size) }
      }
      if status != 0 || address.sin_family != sa_family_t(AF_INET) { return nil }
      let ip = IPAddress(v4: UInt32(bigEndian: address.sin_addr.s_addr))
      return NetworkAddress(ip: ip, port: UInt16(bigEndian: address.sin_port))
    }
  }
#endif
