//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A node's files and directories. See ``StorageProvider`` for paths and for what is durable when.
public struct Storage: Sendable {
  let provider: any StorageProvider

  /// Creates the front of a provider.
  public init(provider: any StorageProvider) { self.provider = provider }

  /// Opens a file.
  ///
  /// - Throws: ``StorageError``.
  nonisolated(nonsending) public func open(
    _ path: String, _ options: OpenOptions = .readOnly
  ) async throws -> File {
    File(handler: try await provider.open(path, options), appends: options.append)
  }

  /// Opens a file, runs `body`, and closes the file whatever happens.
  nonisolated(nonsending) public func withFile<Result>(
    _ path: String, _ options: OpenOptions = .createOrOpen,
    _ body: nonisolated(nonsending) (File) async throws -> Result
  ) async throws -> Result {
    let file = try await open(path, options)
    defer { file.close() }
    return try await body(file)
  }

  /// What is at the path; nil if there is nothing.
  nonisolated(nonsending) public func metadata(_ path: String) async throws -> FileMetadata? {
    try await provider.metadata(path)
  }

  /// Whether there is anything at the path.
  nonisolated(nonsending) public func exists(_ path: String) async throws -> Bool {
    try await provider.metadata(path) != nil
  }

  /// Removes a file's name. Who has the file open may go on using it.
  nonisolated(nonsending) public func remove(_ path: String) async throws {
    try await provider.remove(path)
  }

  /// Gives a file or directory another name, in one step, in place of what has it.
  nonisolated(nonsending) public func rename(
    _ path: String, to newPath: String
  ) async throws {
    try await provider.rename(path, to: newPath)
  }

  /// Makes a directory, and by default those above it.
  nonisolated(nonsending) public func createDirectory(
    _ path: String, intermediates: Bool = true
  ) async throws {
    try await provider.createDirectory(path, intermediates: intermediates)
  }

  /// Removes an empty directory.
  nonisolated(nonsending) public func removeDirectory(_ path: String) async throws {
    try await provider.removeDirectory(path)
  }

  /// What is in a directory, sorted by name; by default in the topmost.
  nonisolated(nonsending) public func entries(
    of path: String = "/"
  ) async throws -> [DirectoryEntry] {
    try await provider.entries(of: path)
  }

  /// Makes the names in a directory durable, by default in the topmost.
  nonisolated(nonsending) public func synchronizeDirectory(_ path: String = "/") async throws {
    try await provider.synchronizeDirectory(path)
  }

  /// How large the volume is and how much of it is free, in bytes.
  nonisolated(nonsending) public func space() async throws -> StorageSpace {
    try await provider.space()
  }
}
