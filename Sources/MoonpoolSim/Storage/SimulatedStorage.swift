//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// One node's view of its simulated disk.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedStorage: StorageProvider, @unchecked Sendable {
  private let front: StorageFront
  private let host: Int32
  /// Made at first use: most nodes of a test never use theirs.
  private lazy var disk = front.disk(of: host)

  init(_ world: World, host: Int32) {
    front = world.storage
    self.host = host
  }

  nonisolated(nonsending) private func perform(
    _ operation: DiskOperation
  ) async throws -> DiskResult {
    try await front.perform(operation, on: disk)
  }

  nonisolated(nonsending) func open(
    _ path: String, _ options: OpenOptions
  ) async throws -> any FileHandler {
    guard case .opened(let handle) = try await perform(.open(path: path, options)) else {
      fatalError("a disk answers open with a handle")
    }
    return SimulatedFile(front, disk, handle)
  }

  nonisolated(nonsending) func metadata(_ path: String) async throws -> FileMetadata? {
    guard case .metadata(let metadata) = try await perform(.metadata(path: path)) else {
      return nil
    }
    return metadata
  }

  nonisolated(nonsending) func remove(_ path: String) async throws {
    _ = try await perform(.remove(path: path))
  }

  nonisolated(nonsending) func rename(_ path: String, to newPath: String) async throws {
    _ = try await perform(.rename(path: path, to: newPath))
  }

  nonisolated(nonsending) func createDirectory(
    _ path: String, intermediates: Bool
  ) async throws {
    _ = try await perform(.createDirectory(path: path, intermediates: intermediates))
  }

  nonisolated(nonsending) func removeDirectory(_ path: String) async throws {
    _ = try await perform(.removeDirectory(path: path))
  }

  nonisolated(nonsending) func entries(of path: String) async throws -> [DirectoryEntry] {
    guard case .entries(let entries) = try await perform(.entries(path: path)) else { return [] }
    return entries
  }

  nonisolated(nonsending) func synchronizeDirectory(_ path: String) async throws {
    _ = try await perform(.synchronizeDirectory(path: path))
  }

  nonisolated(nonsending) func space() async throws -> StorageSpace {
    guard case .space(let space) = try await perform(.space) else {
      return StorageSpace(capacity: 0, available: 0)
    }
    return space
  }
}

/// An open file on a simulated disk.
///
/// Safe to share because all code of a simulation runs on one thread.
final class SimulatedFile: FileHandler, @unchecked Sendable {
  private let front: StorageFront
  private let disk: Disk
  private let handle: FileHandle

  init(_ front: StorageFront, _ disk: Disk, _ handle: FileHandle) {
    self.front = front
    self.disk = disk
    self.handle = handle
  }

  deinit { close() }

  nonisolated(nonsending) func read(at offset: Int64, count: Int) async throws -> [UInt8] {
    let result = try await front.perform(
      .read(handle, offset: offset, count: count), on: disk)
    guard case .bytes(let bytes) = result else { return [] }
    return bytes
  }

  nonisolated(nonsending) func write(_ bytes: [UInt8], at offset: Int64) async throws -> Int {
    let result = try await front.perform(.write(handle, offset: offset, bytes), on: disk)
    guard case .written(let count) = result else { return 0 }
    return count
  }

  nonisolated(nonsending) func synchronize(_ scope: SynchronizationScope) async throws {
    _ = try await front.perform(.synchronize(handle, scope), on: disk)
  }

  nonisolated(nonsending) func size() async throws -> Int64 {
    guard case .size(let size) = try await front.perform(.size(handle), on: disk) else {
      return 0
    }
    return size
  }

  nonisolated(nonsending) func truncate(to size: Int64) async throws {
    _ = try await front.perform(.truncate(handle, size: size), on: disk)
  }

  func close() {
    if !front.isOver { disk.close(handle) }
  }
}
