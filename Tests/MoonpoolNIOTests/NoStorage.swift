//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore

  /// The files of a node that has none.
  struct NoStorage: StorageProvider {
    private func refuse(_ operation: String, _ path: String) -> StorageError {
      StorageError(.notPermitted, operation, path)
    }

    nonisolated(nonsending) func open(
      _ path: String, _ options: OpenOptions
    ) async throws -> any FileHandler { throw refuse("open", path) }

    nonisolated(nonsending) func metadata(_ path: String) async throws -> FileMetadata? { nil }

    nonisolated(nonsending) func remove(_ path: String) async throws {
      throw refuse("remove", path)
    }

    nonisolated(nonsending) func rename(_ path: String, to newPath: String) async throws {
      throw refuse("rename", path)
    }

    nonisolated(nonsending) func createDirectory(
      _ path: String, intermediates: Bool
    ) async throws { throw refuse("createDirectory", path) }

    nonisolated(nonsending) func removeDirectory(_ path: String) async throws {
      throw refuse("removeDirectory", path)
    }

    nonisolated(nonsending) func entries(of path: String) async throws -> [DirectoryEntry] { [] }

    nonisolated(nonsending) func synchronizeDirectory(_ path: String) async throws {
      throw refuse("synchronizeDirectory", path)
    }

    nonisolated(nonsending) func space() async throws -> StorageSpace {
      StorageSpace(capacity: 0, available: 0)
    }
  }
#endif
