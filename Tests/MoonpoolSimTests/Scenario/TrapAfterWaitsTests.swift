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

/// What a report says of a process that traps after it has waited for the world.
@Suite struct TrapAfterWaitsTests {
  /// Waits for its disk and for a client, and then trips over what it has read.
  struct Careless: Program {
    func run(on node: Node) async throws {
      let file = try await node.storage.open("log", .createOrOpen)
      try await node.network.serve(port: 4500) { connection in
        var end: Int64 = 0
        while let bytes = try await connection.read() {
          for byte in bytes {
            try await file.write([byte, byte, byte], at: end)
            try await file.synchronize()
            end += 3
          }
          let copy = try await file.read(at: 0, count: Int(end))
          try await connection.write(copy)
          if bytes.contains(0) { fatalError("a zero in the log") }
        }
      }
    }
  }

  @Test func `the trap is named, and so is its process`() {
    let scenario = Scenario("careless") {
      Processes(3, named: "careless") { Careless() }
      Clients { node, cluster in
        let address = NetworkAddress(ip: cluster.processes[1].address, port: 4500)
        try await node.clock.sleep(for: .seconds(1))
        try await node.network.withConnection(to: address) { connection in
          for message: [UInt8] in [[1], [2, 3], [4, 0]] {
            try await connection.write(message)
            _ = try await connection.read(exactly: 3)
          }
          try await node.clock.sleep(for: .seconds(10))
        }
      }
    }
    for report in scenario.reports(0..<20) {
      guard case .crashed(let crash) = report.run.verdict else {
        Issue.record("\(report.line)")
        continue
      }
      #expect(crash.message.contains("a zero in the log"), "\(crash)")
      #expect(crash.task.node == "careless-1", "\(crash)")
      #expect(crash.frames.first?.contains("Careless") == true, "\(crash.frames)")
    }
  }
}
