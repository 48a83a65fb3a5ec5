//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim

/// Sends back what it gets.
struct Echo: Program {
  static let port: UInt16 = 4500

  func run(on node: Node) async throws {
    node.logger.info("booted")
    try await node.network.serve(port: Self.port) { connection in
      for try await bytes in connection.inbound { try await connection.write(bytes) }
    }
  }
}

/// Calls servers in turn until enough calls have succeeded.
struct EchoCalls: Workload {
  var wanted = 20
  var failures = 0

  mutating func run(on node: Node, in cluster: Cluster) async throws {
    var done = 0
    while done < wanted {
      let server = cluster.processes[done % cluster.processes.count]
      let message: [UInt8] = [UInt8(done & 255), 1, 2, 3]
      do {
        let answer = try await node.clock.withTimeout(.seconds(1)) {
          let address = NetworkAddress(ip: server.address, port: Echo.port)
          return try await node.network.withConnection(to: address) { connection in
            try await connection.write(message)
            return try await connection.read(exactly: message.count)
          }
        }
        guard answer == message else { throw PropertyViolation("got \(answer)") }
        done += 1
      } catch is NetworkError, is TimeoutError, is EndOfStream {
        failures += 1
        try await node.clock.sleep(for: .milliseconds(10))
      }
    }
    node.logger.info("finished", metadata: ["failures": "\(failures)"])
  }
}
