//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolSim

/// Four processes in two zones, and a client, who all tell each other something all the time.
enum PartitionMesh {
  /// From one to another.
  struct Way: Hashable, CustomStringConvertible {
    var from: String
    var to: String

    var description: String { "\(from) -> \(to)" }
  }

  /// A partition as it was announced, and who missed something from whom in its run.
  struct Partition {
    var seed: UInt64
    var shape: String
    var inside: Set<String>
    var missed: Set<Way>
  }

  static let members = ["mesh-0", "mesh-1", "mesh-2", "mesh-3", "client"]
  private static let port: UInt16 = 9

  /// The first partitions that were alone in their runs.
  static func partitions(_ shapes: [NetworkPartitionShape], _ wanted: Int) -> [Partition] {
    var found: [Partition] = []
    scenario(shapes).run(seeds: 0..<200) { report in
      if let strike = report.loneStrike(of: .partition), strike.time > .milliseconds(200) {
        let missed = report.events("missed").map { Way(from: $0["from"] ?? "", to: $0.source) }
        found.append(
          Partition(
            seed: report.seed, shape: strike["shape"] ?? "",
            inside: Set((strike["inside"] ?? "").split(separator: ",").map(String.init)),
            missed: Set(missed)))
      }
      return found.count < wanted
    }
    return found
  }

  private static func scenario(_ shapes: [NetworkPartitionShape]) -> Scenario {
    var faults = NetworkFaults()
    faults.partition = NetworkFaults.Windows(
      rate: 0.5, lasting: .milliseconds(200) ... .milliseconds(200))
    faults.partitionShapes = shapes
    return Scenario("mesh") {
      Processes(1...1, named: "mesh") { _ in ClosureProgram { try await talk($0, to: []) } }
        .layout(Layout(datacenters: 1, zones: 2, machines: 2))
      Clients { node, cluster in try await talk(node, to: cluster.processes.map(\.address)) }
      Chaos(for: NetworkProbe.chaos) { faults }
      Budget(run: .seconds(10), settle: .zero)
      NetworkConfiguration.ideal
    }
  }

  /// Sends numbers to all others, also to those who make themselves known by sending, and tells of
  /// each number that is missing.
  private static func talk(_ node: Node, to known: [IPAddress]) async throws {
    let socket = try await node.network.bindDatagrams(port: port)
    let others = Others(known + (try await node.network.resolve("mesh")), but: node.address)
    let listener = Task {
      while true {
        let datagram = try await socket.receive()
        others.add(datagram.sender.ip)
        let name = String(decoding: datagram.bytes.dropFirst(), as: UTF8.self)
        let number = datagram.bytes[0]
        if let last = others.last.updateValue(number, forKey: name), number != last &+ 1 {
          node.logger.info("missed", metadata: ["from": "\(name)"])
        }
      }
    }
    defer { listener.cancel() }
    var number: UInt8 = 0
    while true {
      for address in others.addresses {
        try await socket.send(
          [number] + Array(node.name.utf8), to: NetworkAddress(ip: address, port: port))
      }
      number &+= 1
      if number == 250 { break }
      try await node.clock.sleep(for: .milliseconds(10))
    }
    try await node.clock.sleep(for: .seconds(1))
  }

  /// Whom one talks to, and what came last from each.
  ///
  /// Safe to share because all code of a simulation runs on one thread.
  private final class Others: @unchecked Sendable {
    private(set) var addresses: [IPAddress] = []
    var last: [String: UInt8] = [:]
    private let own: IPAddress

    init(_ known: [IPAddress], but own: IPAddress) {
      self.own = own
      for address in known { add(address) }
    }

    func add(_ address: IPAddress) {
      if address != own, !addresses.contains(address) { addresses.append(address) }
    }
  }
}
