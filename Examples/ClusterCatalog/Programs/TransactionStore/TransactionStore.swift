//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// How a ``TransactionStore`` misbehaves, within what its clients have to expect.
package struct TransactionFaults: Sendable {
  /// How long a commit takes, in milliseconds.
  package var commitLatency = 0...0
  /// How long a read takes, in milliseconds.
  package var getLatency = 0...0
  /// Probability that a commit without a conflict is refused all the same.
  package var notCommitted = 0.0
  /// Probability that a commit is answered with "unknown"; half of them take effect.
  package var commitUnknownResult = 0.0
  /// Probability that a read is refused as too old.
  package var transactionTooOld = 0.0

  /// No faults, and no time.
  package static let deterministic = TransactionFaults()

  /// All of them, at the rates of moonpool's fake.
  package static let chaos = TransactionFaults(
    commitLatency: 1...19, getLatency: 0...3, notCommitted: 0.05, commitUnknownResult: 0.05,
    transactionTooOld: 0.02)
}

/// What clients ask of the store.
enum TransactionRequest: Codable, Sendable {
  /// The version that a new transaction reads at.
  case begin
  /// A key as it was at a version.
  case get(key: String, at: UInt64)
  /// To write, if nothing in the ranges has changed since the version.
  case commit(since: UInt64, reads: [ConflictRange], writes: [Write])
}

/// What the store answers.
enum TransactionReply: Codable, Sendable {
  /// Of a new transaction, or of a commit.
  case version(UInt64)
  case value(String?)
  case failed(TransactionError)
}

/// A stand-in for FoundationDB: one node, but the same promises, and the same ways to fail.
package struct TransactionStore: Program {
  package static let port: UInt16 = 4500

  private let faults: TransactionFaults

  package init(faults: TransactionFaults = .deterministic) { self.faults = faults }

  package func run(on node: Node) async throws {
    let commits = try await CommitLog(on: node, faults: faults)
    try await node.answer(port: Self.port) { (request: TransactionRequest) in
      do {
        switch request {
        case .begin:
          return TransactionReply.version(await commits.version)
        case .get(let key, let version):
          try await node.clock.sleep(for: .milliseconds(node.random.int(in: faults.getLatency)))
          if node.random.bool(probability: faults.transactionTooOld) {
            throw TransactionError.transactionTooOld
          }
          return .value(await commits.value(key, at: version))
        case .commit(let version, let reads, let writes):
          try await node.clock.sleep(for: .milliseconds(node.random.int(in: faults.commitLatency)))
          return .version(try await commits.commit(since: version, reads, writes))
        }
      } catch let error as TransactionError {
        return .failed(error)
      }
    }
  }
}

/// All commits in their order, in memory and on disk.
private actor CommitLog {
  private struct Commit: Codable {
    var version: UInt64
    var writes: [Write]
  }

  private let node: Node
  private let faults: TransactionFaults
  private let codec = BinaryCodec()
  private let turnstile = Turnstile()
  private let log: WriteAheadLog
  private var map = VersionedMap()
  private var lastCommit: NodeClock.Instant

  init(on node: Node, faults: TransactionFaults) async throws {
    self.node = node
    self.faults = faults
    lastCommit = node.clock.now
    let (log, records) = try await WriteAheadLog.recover("commits", on: node.storage)
    self.log = log
    for record in records {
      let commit = try codec.decode(Commit.self, from: record)
      map.apply(commit.writes, at: commit.version)
    }
  }

  var version: UInt64 { map.version }

  func value(_ key: String, at version: UInt64) -> String? { map.value(key, at: version) }

  func commit(
    since version: UInt64, _ reads: [ConflictRange], _ writes: [Write]
  ) async throws -> UInt64 {
    await turnstile.enter()
    defer { turnstile.leave() }
    let isRefused = node.random.bool(probability: faults.notCommitted)
    guard !isRefused, !reads.contains(where: { map.hasChanged($0, since: version) }) else {
      throw TransactionError.notCommitted
    }
    let isUnknown = node.random.bool(probability: faults.commitUnknownResult)
    let isDropped = isUnknown && node.random.bool()
    let microseconds = UInt64(lastCommit.duration(to: node.clock.now) / .microseconds(1))
    // What is dropped has a version all the same, and in the log, too: after a crash no version may
    // be given to a commit that a transaction has been reading at before.
    let commit = Commit(
      version: map.version + max(1, microseconds), writes: isDropped ? [] : writes)
    try await log.append(codec.encode(commit))
    map.apply(commit.writes, at: commit.version)
    lastCommit = node.clock.now
    if isUnknown { throw TransactionError.commitUnknownResult }
    return commit.version
  }
}
