//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// A table in memory, and on disk as a snapshot with the logs of what came after it.
actor DurableTable {
  /// The table as it was when a log began.
  private struct Snapshot: Codable {
    /// The first log that goes on from here: `log-3`.
    var firstLog = 0
    var values: [String: Versioned] = [:]
  }

  /// One record of a log.
  private struct Change: Codable {
    var key: String
    var value: Versioned
  }

  private static let recordsPerLog = 20

  private let storage: Storage
  private let synchronizesDirectory: Bool
  private let codec = BinaryCodec()
  private let turnstile = Turnstile()
  private var values: [String: Versioned]
  private var log: WriteAheadLog
  private var logNumber: Int
  private var recordCount: Int
  /// The first log that is still there.
  private var firstLog: Int

  /// Recovers what a former incarnation has left.
  init(on storage: Storage, synchronizesDirectory: Bool) async throws {
    self.storage = storage
    self.synchronizesDirectory = synchronizesDirectory
    let snapshot = try await Self.readSnapshot(storage, codec)
    values = snapshot.values
    firstLog = snapshot.firstLog
    logNumber = firstLog
    var records: [[UInt8]]
    (log, records) = try await WriteAheadLog.recover("log-\(firstLog)", on: storage)
    while true {
      for record in records {
        let change = try codec.decode(Change.self, from: record)
        values[change.key] = change.value
      }
      recordCount = records.count
      guard try await storage.exists("log-\(logNumber + 1)") else { break }
      logNumber += 1
      (log, records) = try await WriteAheadLog.recover("log-\(logNumber)", on: storage)
    }
  }

  subscript(key: String) -> Versioned? { values[key] }

  /// Stores a value if it is newer; returns what is there then.
  func put(_ key: String, _ value: Versioned) async throws -> Versioned {
    await turnstile.enter()
    defer { turnstile.leave() }
    if let current = values[key], current.version >= value.version { return current }
    if recordCount >= Self.recordsPerLog { try await compact() }
    try await log.append(codec.encode(Change(key: key, value: value)))
    values[key] = value
    recordCount += 1
    return value
  }

  /// Begins a new log, and replaces those before it with a snapshot. Wherever this ends early, what
  /// is on disk is enough to recover from.
  private func compact() async throws {
    (log, _) = try await WriteAheadLog.recover("log-\(logNumber + 1)", on: storage)
    logNumber += 1
    recordCount = 0
    let snapshot = Snapshot(firstLog: logNumber, values: values)
    // The snapshot must be there as a whole or not at all: it is made durable first, and gets its
    // name then.
    try await storage.withFile("snapshot.new", .createWrite) { file in
      try await file.write(Frame.encode(codec.encode(snapshot)))
      try await file.synchronize()
    }
    try await storage.rename("snapshot.new", to: "snapshot")
    // A crash may undo the rename and not the removals, unless the directory comes in between.
    if synchronizesDirectory { try await storage.synchronizeDirectory() }
    while firstLog < logNumber {
      try await storage.remove("log-\(firstLog)")
      firstLog += 1
    }
  }

  private static func readSnapshot(
    _ storage: Storage, _ codec: BinaryCodec
  ) async throws -> Snapshot {
    guard try await storage.exists("snapshot") else { return Snapshot() }
    let bytes = try await storage.withFile("snapshot", .readOnly) { file in
      try await file.readReliably()
    }
    // It was durable before it got its name, so this is no torn write but a broken disk.
    guard let payload = Frame.decode(bytes) else { throw DamagedSnapshot() }
    return try codec.decode(Snapshot.self, from: payload)
  }
}

/// The disk doesn't give back what was written to it.
struct DamagedSnapshot: Error {}
