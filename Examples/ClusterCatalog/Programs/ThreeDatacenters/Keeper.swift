//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// One of many nodes that keep entries in memory, and tell each other of them.
///
/// There is no disk: an entry survives as long as some node that has it lives.
package struct Keeper: Program {
  static let port: UInt16 = 4500
  static let gossipPort: UInt16 = 4501

  private let group: String

  /// - Parameter group: The name that stands for the addresses of all keepers.
  package init(group: String) { self.group = group }

  package func run(on node: Node) async throws {
    let entries = Entries()
    let peers = try await node.network.resolve(group).filter { $0 != node.address }
    let gossip = try await node.network.bindDatagrams(port: Self.gossipPort)
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask(name: "requests") {
        try await node.answer(port: Self.port) { (request: KeeperRequest) in
          if case .keep(let entry) = request { await entries.add([entry]) }
          return KeeperReply(entries: request == .list ? await entries.sorted : [])
        }
      }
      group.addTask(name: "hear") {
        while true { await hear(try await gossip.receive(), entries) }
      }
      group.addTask(name: "tell") {
        while true {
          try await node.clock.sleep(
            for: node.random.duration(in: .milliseconds(400) ... .milliseconds(800)))
          try await tell(peers, entries, through: gossip, on: node)
        }
      }
    }
  }

  /// Tells two other nodes of all entries. Who gets to hear it passes it on, so that soon all know.
  private func tell(
    _ peers: [IPAddress], _ entries: Entries, through gossip: DatagramSocket, on node: Node
  ) async throws {
    let known = await entries.sorted
    if known.isEmpty { return }
    let message = Frame.encode(try BinaryCodec().encode(known))
    for _ in 0..<2 {
      guard let peer = node.random.element(of: peers) else { return }
      try await gossip.send(message, to: NetworkAddress(ip: peer, port: Self.gossipPort))
    }
  }

  private func hear(_ datagram: Datagram, _ entries: Entries) async {
    // Damaged ones are as good as lost.
    guard let payload = Frame.decode(datagram.bytes),
      let told = try? BinaryCodec().decode([Int].self, from: payload)
    else { return }
    await entries.add(told)
  }
}

/// What clients ask of a keeper.
enum KeeperRequest: Codable, Sendable, Hashable {
  /// To keep an entry.
  case keep(Int)
  /// All entries that it has.
  case list
}

/// What a keeper answers.
struct KeeperReply: Codable, Sendable {
  var entries: [Int]
}

/// The entries of one keeper.
private actor Entries {
  private(set) var sorted: [Int] = []

  func add(_ new: [Int]) {
    let unknown = new.filter { !sorted.contains($0) }
    if !unknown.isEmpty { sorted = (sorted + unknown).sorted() }
  }
}
