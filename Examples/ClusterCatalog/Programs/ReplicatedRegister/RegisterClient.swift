//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// Reads and writes a register that is replicated on several nodes, as long as a majority of them
/// can be reached (Attiya, Bar-Noy and Dolev, 1995, with several writers).
///
/// A write is stored by a majority, and a read asks a majority: they have a replica in common,
/// whichever they are.
package struct RegisterClient: Sendable {
  private let node: Node
  private let id: Int
  private let replicas: [NetworkAddress]
  private let timeout = Duration.seconds(1)
  /// The largest number that this client has given to a write.
  private var lastNumber = 0

  /// - Parameter id: Unique among the clients.
  package init(on node: Node, id: Int, replicas: [IPAddress]) {
    self.node = node
    self.id = id
    self.replicas = replicas.map { NetworkAddress(ip: $0, port: RegisterReplica.port) }
  }

  /// The newest cell.
  package func read() async throws -> Cell {
    let newest = try await newest()
    // Maybe only a minority has it yet. A later read must not find less than this one.
    try await store(newest)
    return newest
  }

  /// Stores a value; returns it with its version.
  ///
  /// - Throws: ``NoMajority``: whether the value will ever be read is not known.
  package mutating func write(_ value: Int) async throws -> Cell {
    // A write of this client that failed may be found by nobody now and by everybody later: its
    // number is taken all the same.
    lastNumber = max(lastNumber, try await newest().version.number) + 1
    let cell = Cell(version: Version(number: lastNumber, writer: id), value: value)
    try await store(cell)
    return cell
  }

  private func newest() async throws -> Cell {
    var cells: [Cell] = []
    await node.ask(all: replicas, RegisterRequest.read, timeout: timeout) {
      (_, reply: RegisterReply) in
      cells.append(reply.cell)
      return isMajority(cells.count)
    }
    guard isMajority(cells.count) else { throw NoMajority() }
    return cells.max { $0.version < $1.version } ?? .initial
  }

  private func store(_ cell: Cell) async throws {
    var count = 0
    await node.ask(all: replicas, RegisterRequest.store(cell), timeout: timeout) {
      (_, _: RegisterReply) in
      count += 1
      return isMajority(count)
    }
    guard isMajority(count) else { throw NoMajority() }
  }

  private func isMajority(_ count: Int) -> Bool { count > replicas.count / 2 }
}

/// Too few nodes have answered in time.
package struct NoMajority: Error {}
