//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A value, and the version that its writer gave it.
package struct Versioned: Codable, Sendable, Hashable {
  package var version: Int
  package var value: String

  package init(version: Int, value: String) {
    self.version = version
    self.value = value
  }
}

/// What clients ask of the store.
enum KeyValueRequest: Codable, Sendable {
  /// The value of a key.
  case get(key: String)
  /// To store a value, unless there is one with this version or a higher one. So a request that
  /// arrives twice, or late, does no harm.
  case put(key: String, Versioned)
}

/// What the store has under the key, after the request.
struct KeyValueReply: Codable, Sendable {
  var current: Versioned?
}
