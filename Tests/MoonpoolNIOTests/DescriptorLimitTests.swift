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
  import NIOCore
  import NIOPosix
  import Testing

  /// A node that can open nothing more.
  @Suite struct DescriptorLimitTests {
    @Test func `who waits while there is no descriptor is accepted once there is one`()
      async throws
    {
      await #expect(processExitsWith: .success) {
        let starving = StarvingNode()
        let listener = try await starving.listen()
        let accepting = Task { try await listener.accept() }
        await starving.takeAllDescriptors()
        try #require(connectSocket(to: listener.localAddress.port))
        let before = await starving.processorTime()
        try await Task.sleep(for: .seconds(1))
        let used = await starving.processorTime() - before
        // A loop that asks again and again takes all of a processor. On a busy machine it gets
        // less: then this may hold although it should not, but never the other way round.
        #expect(used < .milliseconds(100))
        await starving.giveDescriptorsBack()
        #expect(try await accepting.value.localAddress == listener.localAddress)
      }
    }

    @Test func `sockets that can't be opened are reported, and harm nothing`() async throws {
      await #expect(processExitsWith: .success) {
        let starving = StarvingNode()
        let listener = try await starving.listen()
        await starving.takeAllDescriptors()
        let failures = await starving.failures(by: listener)
        #expect(failures == [.tooManyConnections, .tooManyConnections, .tooManyConnections])
        await starving.giveDescriptorsBack()
        let client = try await starving.connect(to: listener)
        #expect(try await listener.accept().remoteAddress == client.localAddress)
      }
    }
  }

  /// A node whose sockets are opened and served by one thread, which has descriptors of its own:
  /// the rest of the process must not go without, since Dispatch ends it when it can't open a file.
  private actor StarvingNode {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let node = Node.real(
      name: "starving", address: .loopback, storage: NoStorage(), group: group)
    private var taken: [CInt] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor {
      Self.group.next().executor.asUnownedSerialExecutor()
    }

    /// Parts from the other threads, and listens.
    func listen() async throws -> Listener {
      var limit = rlimit(rlim_cur: 256, rlim_max: 256)
      try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)  // RLIMIT_NOFILE
      typealias Unshare = @convention(c) (CInt) -> CInt
      // Glibc's module leaves it out.
      let unshare = try #require(dlsym(nil, "unshare"))
      try #require(unsafeBitCast(unshare, to: Unshare.self)(0x400) == 0)  // CLONE_FILES
      return try await node.network.listen(port: 0)
    }

    func connect(to listener: Listener) async throws -> Connection {
      try await node.network.connect(to: listener.localAddress)
    }

    func takeAllDescriptors() {
      while case let copy = dup(STDERR_FILENO), copy >= 0 { taken.append(copy) }
    }

    func giveDescriptorsBack() {
      for copy in taken { close(copy) }
      taken = []
    }

    /// What its thread has used.
    func processorTime() -> Duration {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// What opening each kind of socket throws.
    func failures(by listener: Listener) async -> [NetworkError.Code?] {
      var codes: [NetworkError.Code?] = []
      do { _ = try await connect(to: listener) } catch { codes.append(code(error)) }
      do { _ = try await node.network.listen(port: 0) } catch { codes.append(code(error)) }
      do { _ = try await node.network.bindDatagrams() } catch { codes.append(code(error)) }
      return codes
    }

    private func code(_ error: any Error) -> NetworkError.Code? { (error as? NetworkError)?.code }
  }

  /// Connects to a port of this machine by a socket that stays open.
  private func connectSocket(to port: UInt16) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let client = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
#endif
