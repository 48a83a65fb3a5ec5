//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// A key-value store on one node: what it has acknowledged survives crashes.
package struct KeyValueStore: Program {
  package static let port: UInt16 = 4500

  /// Whether the directory is made durable after a snapshot has got its name. Without it, a crash
  /// may leave the old snapshot, and a log that begins after the new one.
  private let synchronizesDirectory: Bool

  package init(synchronizesDirectory: Bool = true) {
    self.synchronizesDirectory = synchronizesDirectory
  }

  package func run(on node: Node) async throws {
    let table = try await DurableTable(
      on: node.storage, synchronizesDirectory: synchronizesDirectory)
    try await node.answer(port: Self.port) { (request: KeyValueRequest) in
      switch request {
      case .get(let key): KeyValueReply(current: await table[key])
      case .put(let key, let value): KeyValueReply(current: try await table.put(key, value))
      }
    }
  }
}
