//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim

extension Disk {
  /// Submits and completes at once.
  @discardableResult
  func perform(_ operation: DiskOperation, now: UInt64 = 0) throws -> DiskResult {
    guard let result = complete(submit(operation, now: now).ticket) else {
      throw StorageError(.closed, "the ticket was not good")
    }
    if case .failed(let error) = result { throw error }
    return result
  }

  func open(_ path: String, _ options: OpenOptions = .createOrOpen) throws -> FileHandle {
    guard case .opened(let handle) = try perform(.open(path: path, options)) else {
      throw StorageError(.closed, "open gave no handle")
    }
    return handle
  }

  func read(_ handle: FileHandle, at offset: Int64, count: Int) throws -> [UInt8] {
    guard case .bytes(let bytes) = try perform(.read(handle, offset: offset, count: count)) else {
      throw StorageError(.closed, "read gave no bytes")
    }
    return bytes
  }

  @discardableResult
  func write(_ handle: FileHandle, at offset: Int64, _ bytes: [UInt8]) throws -> Int {
    guard case .written(let count) = try perform(.write(handle, offset: offset, bytes)) else {
      throw StorageError(.closed, "write gave no count")
    }
    return count
  }

  func synchronize(_ handle: FileHandle) throws { try perform(.synchronize(handle, .all)) }

  /// A file with these bytes, durable with its name.
  func makeDurable(_ path: String, _ bytes: [UInt8]) throws -> FileHandle {
    let handle = try open(path)
    try write(handle, at: 0, bytes)
    try fileSystem.synchronize(handle, .all)
    try fileSystem.synchronizeDirectory("/")
    return handle
  }
}

extension StorageConfiguration {
  /// A disk that takes no time, and has only the faults that are asked for.
  static func quiet(_ change: (inout StorageConfiguration) -> Void) -> Self {
    var result = StorageConfiguration.ideal
    result.crashSurvival = .anySubset
    change(&result)
    return result
  }
}

extension StorageFaults {
  /// Figures of one's own.
  static func own(_ change: (inout StorageFaults) -> Void) -> StorageFaults {
    var result = StorageFaults()
    change(&result)
    return result
  }
}

/// Runs with a disk, and the decisions of a seed.
func withDisk<Result>(
  _ seed: UInt64 = 1, _ configuration: StorageConfiguration = .quiet { _ in },
  faults: StorageFaults = StorageFaults(), _ body: (Disk) throws -> Result
) throws -> Result {
  try withStorageDecisions(seed) { decisions in
    let disk = try Disk(configuration, process: 1, decisions: decisions)
    disk.faults = faults
    return try body(disk)
  }
}

/// How many bits differ.
func bitsDiffering(_ a: [UInt8], _ b: [UInt8]) -> Int {
  zip(a, b).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount } + 8 * abs(a.count - b.count)
}

/// 512 bytes for each letter.
func sectors(_ letters: String) -> [UInt8] { letters.flatMap { run($0, 512) } }
