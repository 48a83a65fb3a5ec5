//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
package import MoonpoolCore
import MoonpoolTransport

/// Returns each ball, until it is stopped.
package struct PingPongServer: Program {
  /// Where, if nothing else is said.
  package static let port: UInt16 = 4_600

  private let port: UInt16

  package init(port: UInt16 = port) { self.port = port }

  package func run(on node: Node) async throws {
    let transport = try await Transport.listening(on: node, port: port)
    defer { transport.close() }
    try transport.serve(at: Ball.token, name: "return") { (ball: Ball, _) in ball }
    node.logger.info("serving", metadata: ["address": "\(transport.address!)"])
    try await node.clock.sleep(for: .seconds(1 << 30))
  }
}
