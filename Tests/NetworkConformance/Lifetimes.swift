//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let lifetimes: [ConformanceCase] = [
    ConformanceCase("a listener that nobody holds any more closes its port") { bed in
      func listen() async throws -> NetworkAddress {
        let listener = try await bed.server.network.listen(port: 0)
        return listener.localAddress
      }
      let address = try await listen()
      try await requireFailure(.connectionRefused, of: "connect") {
        try await bed.client.network.connect(to: address)
      }
      let again = try await bed.server.network.listen(port: address.port)
      _ = try await bed.pair(by: again)
    },
    ConformanceCase("a connection that nobody holds any more closes") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      func connect() async throws -> Connection {
        let pair = try await bed.pair(by: listener)
        try await pair.client.write(pattern(3))
        return pair.server
      }
      let server = try await connect()
      try requireBytes(try await readAll(server), pattern(3), "read")
    },
    ConformanceCase("a copy keeps a connection open") { bed in
      let pair = try await bed.pair()
      var copies = [pair.client, pair.client]
      copies.removeLast()
      try await bed.settle()
      try await copies[0].write([1])
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
    ConformanceCase("two hundred connections at a time") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      var pairs: [Pair] = []
      for _ in 0..<200 { pairs.append(try await bed.pair(by: listener)) }
      for (number, pair) in pairs.enumerated() {
        try await pair.client.write(pattern(50, seed: number))
      }
      for (number, pair) in pairs.enumerated().reversed() {
        let bytes = try await pair.server.read(exactly: 50)
        try requireBytes(bytes, pattern(50, seed: number), "connection \(number)")
        if number % 3 == 0 { pair.client.close() }
        if number % 3 == 1 { pair.server.reset() }
      }
    },
    ConformanceCase("a server with a task for each connection serves them all, and stops") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let serving = Task {
        try await withThrowingDiscardingTaskGroup { group in
          while true {
            let connection = try await listener.accept()
            group.addTask {
              for try await bytes in connection.inbound { try await connection.write(bytes) }
              connection.close()
            }
          }
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<20 {
          group.addTask {
            let node = number % 2 == 0 ? bed.client : bed.other
            try await node.network.withConnection(to: listener.localAddress) { connection in
              try await connection.write(pattern(2_000, seed: number))
              let echo = try await connection.read(exactly: 2_000)
              try requireBytes(echo, pattern(2_000, seed: number), "echo \(number)")
            }
          }
        }
        try await group.waitForAll()
      }
      listener.close()
      try await requireFailure(.closed, of: "accept") { try await serving.value }
    },
  ]
}
