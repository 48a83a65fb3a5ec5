//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

/// An open file. A copy is the same handle; it closes when ``close()`` is called or its last copy
/// goes.
///
/// Reads and writes state their position. For a program that goes through a file from one end to
/// the other, ``read(_:)`` and ``write(_:)`` keep one, which all copies share.
public struct File: Sendable {
  /// What does the work; for those who write providers.
  public let handler: any FileHandler
  private let position = Position()
  private let appends: Bool

  /// Where sequential access goes on.
  private final class Position: Sendable {
    let offset = Atomic<Int64>(0)
  }

  /// Creates the front of a handler.
  ///
  /// - Parameter appends: Whether it was opened for appending.
  public init(handler: any FileHandler, appends: Bool = false) {
    self.handler = handler
    self.appends = appends
  }

  // MARK: At a stated position

  /// Reads up to `count` bytes from `offset`; fewer at the end of the file, none beyond it.
  ///
  /// - Throws: ``StorageError``: `inputOutput`, `notPermitted`, `closed`.
  nonisolated(nonsending) public func read(
    at offset: Int64, count: Int
  ) async throws -> [UInt8] {
    try await handler.read(at: offset, count: count)
  }

  /// Writes all bytes at `offset`, or at the end if the file was opened for appending.
  ///
  /// - Throws: ``StorageError``: `noSpace`, `inputOutput`, `notPermitted`, `closed`. A part may
  ///   have been written then.
  nonisolated(nonsending) public func write(_ bytes: [UInt8], at offset: Int64) async throws {
    var written = try await handler.write(bytes, at: offset)
    while written < bytes.count {
      let rest = Array(bytes[written...])
      written += try await handler.write(rest, at: offset + Int64(written))
    }
  }

  // MARK: Sequentially

  /// Reads up to `count` bytes from where the last sequential access ended.
  nonisolated(nonsending) public func read(_ count: Int) async throws -> [UInt8] {
    let bytes = try await handler.read(at: offset, count: count)
    seek(to: offset + Int64(bytes.count))
    return bytes
  }

  /// Writes all bytes where the last sequential access ended; at the end of a file that was opened
  /// for appending, which leaves the position of reads as it is.
  nonisolated(nonsending) public func write(_ bytes: [UInt8]) async throws {
    try await write(bytes, at: offset)
    if !appends { seek(to: offset + Int64(bytes.count)) }
  }

  /// Where sequential access goes on.
  public var offset: Int64 { position.offset.load(ordering: .relaxed) }

  /// Sets where sequential access goes on; beyond the end is allowed.
  public func seek(to offset: Int64) {
    precondition(offset >= 0, "a file offset must not be negative")
    position.offset.store(offset, ordering: .relaxed)
  }

  // MARK: The file itself

  /// Makes what was written before durable. See ``StorageProvider`` for the file's name.
  ///
  /// - Throws: ``StorageError/Code/inputOutput``: nothing is known about what was written then.
  nonisolated(nonsending) public func synchronize(
    _ scope: SynchronizationScope = .all
  ) async throws {
    try await handler.synchronize(scope)
  }

  /// The file's size in bytes.
  nonisolated(nonsending) public func size() async throws -> Int64 { try await handler.size() }

  /// Makes the file shorter, or longer with zeros.
  nonisolated(nonsending) public func truncate(to size: Int64) async throws {
    try await handler.truncate(to: size)
  }

  /// Closes the file. Other operations then throw ``StorageError/Code/closed``.
  public func close() { handler.close() }
}
