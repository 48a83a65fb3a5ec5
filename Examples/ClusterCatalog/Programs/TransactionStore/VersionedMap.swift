//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What one commit writes: the new value of each key, nil for none.
struct Write: Codable, Sendable, Hashable {
  var key: String
  var value: String?
}

/// A range of keys that a transaction has read, from `begin` up to but not including `end`.
struct ConflictRange: Codable, Sendable, Hashable {
  var begin: String
  var end: String

  /// One key: up to the first key behind it.
  init(_ key: String) {
    begin = key
    end = key + "\0"
  }

  func contains(_ key: String) -> Bool { begin <= key && key < end }
}

/// All versions of all keys: a map from keys to values that only ever grow at their end.
struct VersionedMap: Sendable {
  /// Values of a key, by version; nil where it was removed.
  private var history: [String: [(version: UInt64, value: String?)]] = [:]
  /// The version of the last commit.
  private(set) var version: UInt64 = 0

  /// The value of a key as a reader of that version sees it.
  func value(_ key: String, at version: UInt64) -> String? {
    history[key]?.last { $0.version <= version }?.value
  }

  /// Whether anything in the range was written after a version.
  func hasChanged(_ range: ConflictRange, since version: UInt64) -> Bool {
    history.contains { range.contains($0.key) && ($0.value.last?.version ?? 0) > version }
  }

  /// Applies a commit; its version is higher than the one before it.
  mutating func apply(_ writes: [Write], at version: UInt64) {
    self.version = version
    for write in writes { history[write.key, default: []].append((version, write.value)) }
  }
}
