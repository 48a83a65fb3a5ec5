//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// Calls a ``KeyValueStore``.
package struct KeyValueClient: Sendable {
  private let node: Node
  private let address: NetworkAddress
  private let timeout = Duration.seconds(1)

  package init(of address: IPAddress, from node: Node) {
    self.node = node
    self.address = NetworkAddress(ip: address, port: KeyValueStore.port)
  }

  /// The value of a key.
  package func get(_ key: String) async throws -> Versioned? {
    try await ask(.get(key: key)).current
  }

  /// Stores a value; returns what the store has then: this, or something newer.
  ///
  /// - Throws: An error that says nothing about whether the value has been stored.
  package func put(_ key: String, _ value: Versioned) async throws -> Versioned {
    guard let current = try await ask(.put(key: key, value)).current else { throw NoReply() }
    return current
  }

  private func ask(_ request: KeyValueRequest) async throws -> KeyValueReply {
    try await node.ask(address, request, timeout: timeout)
  }
}
