//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
internal import MoonpoolSim
internal import MoonpoolTransport

/// What is sent to and fro.
private struct Echo: Codable, Sendable {
  var sequence: UInt64
  var payload: String
}

/// Answers with what it was asked.
private struct CallServer: Program {
  static let port: UInt16 = 4_600

  func run(on node: Node) async throws {
    let transport = try await Transport.listening(on: node, port: Self.port)
    try transport.serve(at: .wellKnown(7)) { (request: Echo, _) in request }
    try await node.clock.sleep(for: .seconds(1 << 20))
    transport.close()
  }
}

extension WorldWorkloads {
  static func calls(of size: Int, atOnce tasks: Int, each count: Int) -> Scenario {
    var scenario = Scenario("calls") {
      Processes(1, named: "server") { CallServer() }
      Clients { node, cluster in
        let transport = Transport.calling(on: node)
        let server = NetworkAddress(ip: cluster.processes[0].address, port: CallServer.port)
        let echo: RemoteMethod<Echo, Echo> = transport.method(at: server, .wellKnown(7))
        let payload = String(repeating: "x", count: size)
        try await withThrowingTaskGroup { group in
          for _ in 0..<tasks {
            group.addTask {
              for sequence in 0..<UInt64(count) {
                let answer = try await echo.getReply(Echo(sequence: sequence, payload: payload))
                guard answer.sequence == sequence, answer.payload.utf8.count == size else {
                  fatalError("an answer is not what was asked")
                }
              }
            }
          }
          try await group.waitForAll()
        }
        transport.close()
      }
    }
    scenario.world.network = .ideal
    return scenario
  }
}
