//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterPrograms
import MoonpoolCore
import MoonpoolSim

extension ClusterExample {
  /// A bank that retries what may have been done.
  public static let transactionStore = ClusterExample(
    name: "transaction-store",
    summary: "retries a commit of unknown result as if it had failed",
    story: """
      Tellers move money between accounts in a database with optimistic transactions. When the \
      answer to a commit is lost nobody knows whether it has taken effect, so it is run again. A \
      transfer that leaves a mark finds it then, and is done; one that doesn't moves the money \
      twice.
      """,
    // The database loses answers by itself: see its `faults`.
    essentialFaults: [],
    property: property,
    correct: scenario("transaction store", marksTransfers: true),
    buggy: scenario("transaction store without marks", marksTransfers: false))

  private static let property = "a transfer is made exactly once"

  private static func scenario(_ name: String, marksTransfers: Bool) -> Scenario {
    Scenario(name) {
      Processes(1, named: "database") { TransactionStore(faults: .chaos) }
        .onExit(.restart(after: .seconds(1)))
      Clients(3, named: "teller") { TellerWorkload(marksTransfers: marksTransfers) }
      Chaos.full(
        Attrition(
          maxDead: 1, graceful: 0.3, kill: 0.2, crash: 0.3, powerLoss: 0.2,
          interval: .milliseconds(500) ... .seconds(3),
          recovery: .milliseconds(100) ... .seconds(1)))
      Invariant(property, state: [Int](repeating: 0, count: accounts.count)) { model, timeline in
        for (event, _) in timeline.new(TransferMade.self) {
          model[event.payer] -= event.amount
          model[event.payee] += event.amount
        }
        for (event, _) in timeline.new(BalancesSeen.self) where event.balances != model {
          throw PropertyViolation("the balances are \(event.balances), should be \(model)")
        }
      }
    }
  }
}

private let accounts = ["Ann", "Bob", "Cem", "Dee"]

/// A transfer has been committed, sooner or later.
private struct TransferMade: NodeEvent {
  var payer: Int
  var payee: Int
  var amount: Int
}

/// What was in the accounts when all tellers had finished.
private struct BalancesSeen: NodeEvent {
  var balances: [Int]
}

/// Makes one transfer after the other until the chaos is over.
private struct TellerWorkload: Workload {
  let marksTransfers: Bool
  private var workDone = 0

  init(marksTransfers: Bool) { self.marksTransfers = marksTransfers }

  mutating func run(on node: Node, in cluster: Cluster) async throws {
    let bank = bank(on: node, in: cluster)
    while !cluster.isQuiet {
      let parties = node.random.shuffled(accounts.indices)
      let amount = node.random.int(in: 1...100)
      try await bank.transfer(
        amount, from: accounts[parties[0]], to: accounts[parties[1]],
        id: "\(cluster.clientID)-\(workDone)")
      node.emit(TransferMade(payer: parties[0], payee: parties[1], amount: amount))
      workDone += 1
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .milliseconds(200)))
    }
    node.emit(WorkDone(count: workDone))
  }

  func check(on node: Node, in cluster: Cluster) async throws {
    node.emit(BalancesSeen(balances: try await bank(on: node, in: cluster).balances(of: accounts)))
  }

  private func bank(on node: Node, in cluster: Cluster) -> Bank<RemoteDatabase> {
    let database = RemoteDatabase(at: cluster.processes[0].address, from: node)
    return Bank(in: database, on: node, marksTransfers: marksTransfers)
  }
}
