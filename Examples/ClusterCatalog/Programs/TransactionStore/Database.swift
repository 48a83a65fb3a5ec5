//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// A database with transactions, as FoundationDB offers it to its clients.
package protocol Database: Sendable {
  associatedtype Handle: Transaction
  /// Begins a transaction, which sees the database as it is now.
  func makeTransaction() async throws -> Handle
}

/// Reads and writes that take effect together at one instant, or not at all.
package protocol Transaction: Sendable {
  /// The value of a key, with what this transaction has written.
  func get(_ key: String) async throws -> String?
  /// Sets a key when the transaction is committed.
  func put(_ key: String, _ value: String) async throws
  /// Removes a key when the transaction is committed.
  func delete(_ key: String) async throws
  /// Commits; returns the version at which the writes took effect.
  ///
  /// - Throws: ``TransactionError``.
  func commit() async throws -> UInt64
}

/// Why a transaction did not go through, or may not have.
package enum TransactionError: Error, Codable, Sendable, Hashable {
  /// Something that it has read has changed since. Nothing was written.
  case notCommitted
  /// Nobody knows whether it was written.
  case commitUnknownResult
  /// It has been running for too long: what it wants to read isn't kept any more.
  case transactionTooOld
}

extension Database {
  /// Runs a transaction until it has been committed, and returns what `body` returns.
  ///
  /// Where nobody knows whether a commit has taken effect it is run again, as every retry loop has
  /// to: so `body` must look whether its work is done already.
  nonisolated(nonsending) package func run<Result: Sendable>(
    on node: Node, _ body: nonisolated(nonsending) (Handle) async throws -> Result
  ) async throws -> Result {
    while true {
      do {
        let transaction = try await makeTransaction()
        let result = try await body(transaction)
        _ = try await transaction.commit()
        return result
      } catch is TransactionError {
        try await node.clock.sleep(
          for: node.random.duration(in: .milliseconds(5) ... .milliseconds(50)))
      }
    }
  }
}
