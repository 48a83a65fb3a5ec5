//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct StreamTests {
  @Test func `bytes go both ways, and the end of the stream follows them`() {
    let report = Simulation.run(seed: 1) {
      let world = World.begin(WorldConfiguration())
      let server = world.boot("server", on: world.addHost(try IPAddress(parsing: "10.0.1.1")))
      let client = world.boot("client", on: world.addHost(try IPAddress(parsing: "10.0.0.1")))
      server.tasks.run("serve") {
        let listener = try await server.node.network.listen(port: 4500)
        let connection = try await listener.accept()
        for try await bytes in connection.inbound { try await connection.write(bytes) }
        connection.close()
      }
      try await client.tasks.run("call") {
        try await client.node.clock.sleep(for: .milliseconds(1))
        let address = NetworkAddress(ip: server.node.address, port: 4500)
        let connection = try await client.node.network.connect(to: address)
        try await connection.write(Array("hello".utf8))
        let answer = try await connection.read(exactly: 5)
        #expect(answer == Array("hello".utf8))
        connection.finish()
        #expect(try await connection.read() == nil)
      }.value
    }
    #expect(report.passed, "\(report.line)")
  }
}
