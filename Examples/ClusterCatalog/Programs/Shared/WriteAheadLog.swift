//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Records in a file, each of them durable once ``append(_:synchronizes:)`` has returned.
///
/// For one task at a time: its users have a ``Turnstile``.
actor WriteAheadLog {
  private let file: File
  /// Where the next record goes. What may stand behind it is of no account.
  private var end: Int64

  private init(file: File, end: Int64) {
    self.file = file
    self.end = end
  }

  /// Opens a log, or makes it; returns it with the records that it holds.
  static func recover(
    _ path: String, on storage: Storage
  ) async throws -> (log: WriteAheadLog, records: [[UInt8]]) {
    let file = try await storage.open(path, .createOrOpen)
    // A file is not there after a crash unless its name is durable, too.
    try await storage.synchronizeDirectory()
    let (records, end) = try await read(file)
    // The last record may be torn: it was never acknowledged. What stands behind it has to go. Else
    // a new record as long as the torn one would bring an old one behind it back to life.
    if try await file.size() > end {
      try await file.truncate(to: end)
      try await file.synchronize()
    }
    return (WriteAheadLog(file: file, end: end), records)
  }

  /// Adds a record.
  ///
  /// - Throws: `StorageError`: the record may be there after a crash, or may not.
  func append(_ record: [UInt8], synchronizes: Bool = true) async throws {
    // With its place in the checksum, a record is none where a misdirected write has put it.
    let frame = Frame.encode(record, place: UInt64(end))
    try await file.write(frame, at: end)
    if synchronizes { try await file.synchronize(.data) }
    end += Int64(frame.count)
  }

  /// All records up to the first that isn't whole, and where they end.
  private static func read(_ file: File) async throws -> (records: [[UInt8]], end: Int64) {
    let bytes = try await file.read(at: 0, count: Int(file.size()))
    var records: [[UInt8]] = []
    var end = 0
    while let record = Frame.decode(bytes, at: end, place: UInt64(end)) {
      records.append(record)
      end += Frame.headerSize + record.count
    }
    return (records, Int64(end))
  }
}
