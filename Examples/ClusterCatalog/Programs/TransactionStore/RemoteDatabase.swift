//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// A ``TransactionStore`` as its clients reach it.
package struct RemoteDatabase: Database {
  private let connection: StoreConnection

  package init(at address: IPAddress, from node: Node) {
    connection = StoreConnection(
      node: node, address: NetworkAddress(ip: address, port: TransactionStore.port))
  }

  package func makeTransaction() async throws -> RemoteTransaction {
    guard case .version(let version) = try await connection.ask(.begin) else {
      throw TransactionError.transactionTooOld
    }
    return RemoteTransaction(on: connection, at: version)
  }
}

/// Where requests go.
private struct StoreConnection: Sendable {
  let node: Node
  let address: NetworkAddress

  /// Asks; a reply that doesn't come within a second is as good as one that is too late.
  func ask(_ request: TransactionRequest) async throws -> TransactionReply {
    let reply: TransactionReply
    do {
      reply = try await node.ask(address, request, timeout: .seconds(1))
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw TransactionError.transactionTooOld
    }
    if case .failed(let error) = reply { throw error }
    return reply
  }
}

/// A transaction of a ``RemoteDatabase``: it keeps what it writes to itself until it is committed.
package actor RemoteTransaction: Transaction {
  private let connection: StoreConnection
  /// What it sees is what there was at this version.
  private let readVersion: UInt64
  private var reads: [ConflictRange] = []
  private var writes: [Write] = []

  fileprivate init(on connection: StoreConnection, at version: UInt64) {
    self.connection = connection
    readVersion = version
  }

  package func get(_ key: String) async throws -> String? {
    if let own = writes.last(where: { $0.key == key }) { return own.value }
    reads.append(ConflictRange(key))
    guard case .value(let value) = try await connection.ask(.get(key: key, at: readVersion)) else {
      throw TransactionError.transactionTooOld
    }
    return value
  }

  package func put(_ key: String, _ value: String) {
    writes.append(Write(key: key, value: value))
  }

  package func delete(_ key: String) { writes.append(Write(key: key, value: nil)) }

  package func commit() async throws -> UInt64 {
    // What only reads has seen one version, and that is all it wants.
    if writes.isEmpty { return readVersion }
    do {
      let request = TransactionRequest.commit(since: readVersion, reads: reads, writes: writes)
      guard case .version(let version) = try await connection.ask(request) else {
        throw TransactionError.commitUnknownResult
      }
      return version
    } catch TransactionError.transactionTooOld {
      // No reply: the request may have got through, or may still do so.
      throw TransactionError.commitUnknownResult
    }
  }
}
