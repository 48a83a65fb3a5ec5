//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// Accounts in a database, and transfers between them.
package struct Bank<Store: Database>: Sendable {
  private let database: Store
  private let node: Node
  /// Whether a transfer leaves a mark with the money that it moves. Without it, one is made twice
  /// whose commit had an unknown result.
  private let marksTransfers: Bool

  package init(in database: Store, on node: Node, marksTransfers: Bool = true) {
    self.database = database
    self.node = node
    self.marksTransfers = marksTransfers
  }

  /// Moves money, once, however often it has to be tried.
  ///
  /// - Parameter id: Of this transfer alone.
  package func transfer(
    _ amount: Int, from payer: String, to payee: String, id: String
  ) async throws {
    try await database.run(on: node) { transaction in
      if marksTransfers {
        if try await transaction.get("transfer/\(id)") != nil { return }
        try await transaction.put("transfer/\(id)", "")
      }
      try await add(-amount, to: payer, in: transaction)
      try await add(amount, to: payee, in: transaction)
    }
  }

  /// What is in the accounts, at one instant.
  package func balances(of accounts: [String]) async throws -> [Int] {
    try await database.run(on: node) { transaction in
      var balances: [Int] = []
      for account in accounts {
        balances.append(try await balance(of: account, in: transaction))
      }
      return balances
    }
  }

  private func add(
    _ amount: Int, to account: String, in transaction: Store.Handle
  ) async throws {
    let balance = try await balance(of: account, in: transaction)
    try await transaction.put("account/\(account)", "\(balance + amount)")
  }

  private func balance(
    of account: String, in transaction: Store.Handle
  ) async throws -> Int {
    try await transaction.get("account/\(account)").flatMap { Int($0) } ?? 0
  }
}
