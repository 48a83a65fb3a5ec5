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

  extension Node {
    /// Creates a node on the real world: sockets, the machine's clocks, system randomness.
    ///
    /// ```swift
    /// let node = Node.real(name: "kv-0", address: IPAddress(10, 0, 0, 1), storage: files)
    /// try await KeyValueServer().run(on: node)
    /// ```
    ///
    /// - Parameters:
    ///   - name: Its name, unique among the nodes of a deployment.
    ///   - address: One of the machine's addresses: where the node listens, and where its
    ///     connections come from. Several nodes of one machine may take 127.0.0.1, 127.0.0.2 and
    ///     so on.
    ///   - storage: Its files.
    ///   - logger: Where it writes its log; nil makes one with the node's name.
    ///   - locality: Where in the deployment it stands.
    ///   - group: The threads that its sockets are served by.
    public static func real(
      name: String, address: IPAddress = .loopback, storage: any StorageProvider,
      logger: Logger? = nil, locality: Locality = Locality(),
      group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) -> Node {
      let providers = Providers(
        time: ContinuousTime(), tasks: ConcurrentTasks(),
        network: NIONetwork(localAddress: address, group: group), random: SystemRandom(),
        storage: storage)
      return Node(
        name: name, providers: providers, logger: logger ?? Logger(label: name),
        locality: locality)
    }
  }
#endif
