//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolSim

/// What ``DefectiveClient`` should have been.
struct MendedClient: Workload {
  func run(on node: Node, in cluster: Cluster) async throws {
    try await node.clock.sleep(for: .seconds(1))
    assertReachable("a mended client runs")
  }
}
