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

/// Both parts of a world reach its programs. Their own options have tests of theirs.
@Suite struct WorldOptionTests {
  /// A part, what is changed in it, and whether a client can tell.
  struct Probe: Sendable, CustomTestStringConvertible {
    var part: String
    var change: @Sendable (inout WorldConfiguration) -> Void
    var see: @Sendable (Node) async throws -> String
    var without: String
    var with: String

    var testDescription: String { part }

    func seen(isChanged: Bool) -> String? {
      var world = WorldConfiguration()
      if isChanged { change(&world) }
      let report = Scenario("world") {
        Clients { node, _ in
          let what = try await see(node)
          node.logger.info("seen", metadata: ["what": "\(what)"])
        }
        world
      }.run(seed: 1)
      return report.events("seen").first?["what"]
    }
  }

  private static let probes: [Probe] = [
    Probe(
      part: "network", change: { $0.network.ephemeralPorts = 50_000...50_000 },
      see: { "\(try await $0.network.listen(port: 0).localAddress.port)" },
      without: "32768", with: "50000"),
    Probe(
      part: "storage", change: { $0.storage.limits.capacity = 1 << 20 },
      see: { "\(try await $0.storage.space().capacity)" },
      without: "\(1 << 40)", with: "\(1 << 20)"),
  ]

  @Test(arguments: probes)
  func `a client sees each part`(probe: Probe) {
    #expect(probe.seen(isChanged: false) == probe.without)
    #expect(probe.seen(isChanged: true) == probe.with)
  }

  @Test func `every part has a probe above`() {
    let parts = Mirror(reflecting: WorldConfiguration()).children.compactMap(\.label)
    #expect(parts == Self.probes.map(\.part))
  }
}
