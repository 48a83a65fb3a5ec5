//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import Testing

@Suite struct FramesOnStreamsTests {
  /// Runs a server that writes something, and a client that reads frames and logs what it gets.
  private func heard(
    _ write: @escaping @Sendable (Node, Connection) async throws -> Void,
    atMost limit: Int = Connection.defaultFrameLimit
  ) -> [String] {
    let scenario = Scenario("frames") {
      Processes(1, named: "server") { Server(write: write) }
      Clients { node, cluster in
        let address = NetworkAddress(ip: cluster.processes[0].address, port: 4500)
        try await node.clock.sleep(for: .milliseconds(100))
        let connection = try await node.network.connect(to: address)
        do {
          while let frame = try await connection.readFrame(atMost: limit, timeout: .seconds(1)) {
            node.logger.info("heard", metadata: ["what": "\(frame)"])
          }
          node.logger.info("heard", metadata: ["what": "end"])
        } catch {
          node.logger.info("heard", metadata: ["what": "\(error)"])
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    return report.timeline.filter { $0.name == "heard" }.compactMap { $0["what"] }
  }

  private struct Server: Program {
    var write: @Sendable (Node, Connection) async throws -> Void

    func run(on node: Node) async throws {
      try await node.network.serve(port: 4500) { try await write(node, $0) }
    }
  }

  @Test func `frames arrive as they were written, then the end`() {
    let heard = heard { _, connection in
      try await connection.writeFrame([1, 2])
      try await connection.writeFrame([])
      try await connection.writeFrame([3])
    }
    #expect(heard == ["[1, 2]", "[]", "[3]", "end"])
  }

  @Test func `a frame in pieces is one frame`() {
    let heard = heard { node, connection in
      for byte in Frame.encode([1, 2, 3]) {
        try await connection.write([byte])
        try await node.clock.sleep(for: .milliseconds(50))
      }
    }
    #expect(heard == ["[1, 2, 3]", "end"])
  }

  @Test func `what is no frame is refused`() {
    #expect(
      heard { _, connection in try await connection.write([UInt8](repeating: 7, count: 20)) }
        == ["\(FrameError.damagedHeader)"])
    let damaged = heard { _, connection in
      var frame = Frame.encode([1, 2])
      frame[13] = 3
      try await connection.write(frame)
    }
    #expect(damaged == ["\(FrameError.damagedPayload)"])
    let long = heard({ _, connection in try await connection.writeFrame([1, 2, 3]) }, atMost: 2)
    #expect(long == ["\(FrameError.tooLong(3, limit: 2))"])
  }

  @Test func `a frame that is cut off is an error, wherever it is cut`() {
    for count in [1, 11, 12, 14] {
      let heard = heard { _, connection in
        try await connection.write(Array(Frame.encode([1, 2, 3]).prefix(count)))
      }
      #expect(heard.count == 1 && heard[0].hasPrefix("end of stream after"), "\(heard)")
    }
  }

  @Test func `the timeout is for the whole frame`() {
    let heard = heard { node, connection in
      // Each wait is shorter than a second, all together are longer.
      for byte in Frame.encode([1, 2, 3]) {
        try await connection.write([byte])
        try await node.clock.sleep(for: .milliseconds(80))
      }
    }
    #expect(heard == ["timed out after 1.0 seconds"])
  }
}
