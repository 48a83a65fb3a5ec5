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
  ///
  /// They are written anew first. What can be read now isn't durable for that: if a sync has failed
  /// it may be in memory only, and another sync would not change that. And behind the last whole
  /// record there may be torn ones, which must not come back to life when it is joined by others.
  static func recover(
    _ path: String, on storage: Storage
  ) async throws -> (log: WriteAheadLog, records: [[UInt8]]) {
    let records =
      try await storage.exists(path) ? storage.withFile(path, .readOnly, read) : []
    let bytes = records.reduce(into: []) { $0 += Frame.encode($1, place: UInt64($0.count)) }
    let copy = try await storage.open(path + ".new", .createWrite)
    try await copy.write(bytes, at: 0)
    try await copy.synchronize()
    try await storage.rename(path + ".new", to: path)
    try await storage.synchronizeDirectory()
    return (WriteAheadLog(file: copy, end: Int64(bytes.count)), records)
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

  /// All records up to the first that isn't whole.
  private static func read(_ file: File) async throws -> [[UInt8]] {
    let bytes = try await file.readReliably()
    var records: [[UInt8]] = []
    var end = 0
    while let record = Frame.decode(bytes, at: end, place: UInt64(end)) {
      records.append(record)
      end += Frame.headerSize + record.count
    }
    return records
  }
}

extension File {
  /// All bytes of the file, read until two reads in a row agree: disks and what is between them and
  /// memory give wrong bytes now and then, which are right when read again.
  func readReliably() async throws -> [UInt8] {
    var bytes = try await read(at: 0, count: Int(size()))
    while true {
      let again = try await read(at: 0, count: Int(size()))
      if bytes == again { return bytes }
      bytes = again
    }
  }
}
