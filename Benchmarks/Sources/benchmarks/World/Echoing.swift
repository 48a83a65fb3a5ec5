//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
internal import MoonpoolSim

/// Sends back what it gets, 64 bytes at a time.
struct EchoServer: Program {
  static let port: UInt16 = 4_500
  static let message = [UInt8](repeating: 7, count: 64)

  func run(on node: Node) async throws {
    try await node.network.serve(port: Self.port) { connection in
      while let bytes = try? await connection.read(exactly: Self.message.count) {
        try await connection.write(bytes)
      }
    }
  }
}

extension Network {
  /// A connection to an echo server, which may not have begun to listen.
  nonisolated(nonsending) func connectToEcho(at ip: IPAddress) async throws -> Connection {
    while true {
      do {
        return try await connect(to: NetworkAddress(ip: ip, port: EchoServer.port))
      } catch let error as NetworkError where error.code == .connectionRefused {
        continue
      }
    }
  }
}

extension Connection {
  /// One round trip after the other.
  nonisolated(nonsending) func pingPong(_ trips: Int) async throws {
    for _ in 0..<trips {
      try await write(EchoServer.message)
      _ = try await read(exactly: EchoServer.message.count)
    }
  }
}

extension WorldWorkloads {
  static func pingPong(pairs: Int, trips: Int) -> Scenario {
    var scenario = Scenario("ping-pong") {
      Processes(pairs, named: "server") { EchoServer() }
      Clients(pairs...pairs) { index in
        Calling { node, cluster in
          let server = cluster.processes[index].address
          try await node.network.connectToEcho(at: server).pingPong(trips)
        }
      }
    }
    scenario.world.network = .ideal
    return scenario
  }

  static func bulk(mebibytes: Int) -> Scenario {
    var scenario = Scenario("bulk") {
      Clients { node, _ in
        let listener = try await node.network.listen(port: EchoServer.port)
        let reading = Task {
          let connection = try await listener.accept()
          var missing = mebibytes << 20
          while missing > 0, let bytes = try await connection.read() { missing -= bytes.count }
          try await connection.write([1])
          _ = try await connection.read()
        }
        let connection = try await node.network.connect(to: listener.localAddress)
        let piece = [UInt8](repeating: 7, count: 16 << 10)
        for _ in 0..<mebibytes * 64 { try await connection.write(piece) }
        _ = try await connection.read(exactly: 1)
        connection.close()
        try await reading.value
      }
    }
    scenario.world.network = .ideal
    return scenario
  }

  static func storage(cycles: Int) -> Scenario {
    var scenario = Scenario("storage") {
      Clients { node, _ in
        let file = try await node.storage.open("file", .createOrOpen)
        try await file.truncate(to: 1 << 20)
        let pages = (0..<256).map { [UInt8](repeating: UInt8($0), count: 4_096) }
        for _ in 0..<cycles {
          let page = node.random.int(in: 0..<256)
          try await file.write(pages[page], at: Int64(page) * 4_096)
          try await file.synchronize()
          let bytes = try await file.read(at: Int64(page) * 4_096, count: 4_096)
          guard bytes[17] == UInt8(page) else { fatalError("a page is not what was written") }
        }
      }
    }
    scenario.world.storage = .fast
    return scenario
  }
}

/// A driver that is a closure.
struct Calling: MoonpoolSim.Workload {
  let body: @Sendable (Node, Cluster) async throws -> Void

  func run(on node: Node, in cluster: Cluster) async throws { try await body(node, cluster) }
}
