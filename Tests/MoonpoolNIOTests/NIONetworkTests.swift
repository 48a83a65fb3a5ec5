//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore
  import MoonpoolNIO
  import Testing

  /// What the conformance cases leave open: time limits, odd arguments, the other providers.
  @Suite struct NIONetworkTests {
    private let node = Node.real(
      name: "node", address: IPAddress(127, 251, 0, 1), storage: NoStorage())
    private let peer = Node.real(
      name: "peer", address: IPAddress(127, 251, 0, 2), storage: NoStorage())

    private func pair() async throws -> (near: Connection, far: Connection) {
      let listener = try await peer.network.listen(port: 0)
      async let far = listener.accept()
      return (try await node.network.connect(to: listener.localAddress), try await far)
    }

    @Test func `a read and a write keep their time limits, and the connection is whole`()
      async throws
    {
      let (near, far) = try await pair()
      let start = node.clock.now
      await #expect(throws: TimeoutError(limit: .milliseconds(50))) {
        try await near.read(timeout: .milliseconds(50))
      }
      #expect(start.duration(to: node.clock.now) >= .milliseconds(50))
      try await far.write([1])
      #expect(try await near.read(timeout: .seconds(60)) == [1])
      let much = [UInt8](repeating: 0, count: 64 << 20)
      await #expect(throws: TimeoutError.self) {
        try await near.write(much, timeout: .milliseconds(300))
      }
    }

    @Test func `a connect keeps its time limit`() async throws {
      let listener = try await peer.network.listen(port: 0, backlog: 0)
      var connections: [Connection] = []
      await #expect(throws: TimeoutError(limit: .milliseconds(200))) {
        // One or two find a place before anybody accepts.
        for _ in 0..<5 {
          connections.append(
            try await node.network.connect(
              to: listener.localAddress, timeout: .milliseconds(200)))
        }
      }
      #expect(connections.count < 5)
    }

    @Test func `arguments that mean nothing are refused, and harm nothing`() async throws {
      let (near, far) = try await pair()
      #expect(throws: NetworkError.self) { try near.handler.tryRead(atMost: 0) }
      #expect(throws: NetworkError.self) { try near.handler.tryWrite([1], from: 2) }
      try await far.write([1])
      #expect(try await near.read() == [1])
      let port = try await node.network.bindDatagrams()
      let nobody = NetworkAddress(ip: peer.address, port: 0)
      let error = await #expect(throws: NetworkError.self) { try await port.send([1], to: nobody) }
      #expect(error?.code == .invalidArgument)
      let otherFamily = NetworkAddress(ip: .loopbackV6, port: 9)
      await #expect(throws: NetworkError.self) { try await port.send([1], to: otherFamily) }
      try await port.send([2], to: port.localAddress)
      #expect(try await port.receive().bytes == [2])
    }

    @Test func `two nodes of one machine have addresses of their own`() async throws {
      let (near, far) = try await pair()
      #expect(near.localAddress.ip == IPAddress(127, 251, 0, 1))
      #expect(far.remoteAddress == near.localAddress)
      #expect(far.localAddress.ip == IPAddress(127, 251, 0, 2))
    }

    @Test func `localhost is this machine`() async throws {
      let addresses = try await node.network.resolve("localhost")
      #expect(!addresses.isEmpty && addresses.allSatisfy(\.isLoopback))
    }

    @Test func `several tasks accept, and each connection is somebody's`() async throws {
      let listener = try await peer.network.listen(port: 0)
      let ports = try await withThrowingTaskGroup(of: UInt16.self) { group in
        for _ in 0..<8 {
          group.addTask { try await listener.accept().remoteAddress.port }
        }
        var clients: [Connection] = []
        for _ in 0..<8 {
          clients.append(try await node.network.connect(to: listener.localAddress))
        }
        var accepted: [UInt16] = []
        for try await port in group { accepted.append(port) }
        #expect(Set(clients.map(\.localAddress.port)) == Set(accepted))
        return accepted
      }
      #expect(ports.count == 8)
    }

    @Test func `clocks go, tasks run, and random numbers differ`() async throws {
      let start = node.clock.now
      try await node.clock.sleep(for: .milliseconds(20))
      #expect(start.duration(to: node.clock.now) >= .milliseconds(20))
      // 2024 to 2100.
      #expect(
        (1_704_067_200...4_102_444_800).contains(node.wallClock.sinceEpoch.components.seconds))
      let sleeper = node.tasks.spawn("sleeper") { [node] in
        try await node.clock.sleep(for: .seconds(3_600))
      }
      sleeper.cancel()
      await #expect(throws: CancellationError.self) { try await sleeper.value }
      let drawn = (0..<64).map { _ in node.random.next() }
      #expect(Set(drawn).count == 64)
      #expect((0..<1_000).allSatisfy { _ in node.random.int(in: 0..<7) < 7 })
    }
  }
#endif
