//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

@_exported public import ConformanceSupport
package import MoonpoolCore

/// One thing that programs rely on in a kernel's file system (Linux's where kernels differ).
///
/// Written against the provider protocol alone: what runs them decides whose files they are. What
/// the protocol itself decides, where kernels leave a choice or do something else, is a case too:
/// that directories can't be opened, that `..` and empty names are refused, that flags which change
/// the file need `write`. The file system is taken to be one that keeps bytes of names as they are
/// and has holes, such as ext4, XFS or tmpfs.
package struct StorageCase: Sendable, CustomStringConvertible {
  /// What holds.
  package let name: String
  /// Throws where it doesn't hold.
  package let body: @Sendable (Volume) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (Volume) async throws -> Void) {
    self.name = name
    self.body = body
  }

  package var description: String { name }

  /// All cases that any volume must pass.
  package static let all =
    opening + modes + reading + writing + appending + truncating + handles + sequential + removing
    + renaming + renamingDirectories + directories + listing + names + paths + synchronizing
    + concurrency + cancellation

  /// Those for a volume whose ``Volume/openFileLimit`` is small.
  package static let limited = limits
}

/// An empty file system: what a case is given.
package struct Volume: Sendable {
  /// Its files.
  package var storage: Storage
  /// How many files can be open at once, if few enough to open them all.
  package var openFileLimit: Int

  /// Creates a volume.
  package init(storage: Storage, openFileLimit: Int = .max) {
    self.storage = storage
    self.openFileLimit = openFileLimit
  }
}

// MARK: Expectations

/// The operation fails with one of these codes.
func requireFailure<Value>(
  _ codes: StorageError.Code..., of what: String, _ operation: () async throws -> Value
) async throws {
  do {
    let value = try await operation()
    throw ConformanceFailure("\(what) succeeded with \(value), not \(codes)")
  } catch let error as StorageError {
    if !codes.contains(error.code) {
      throw ConformanceFailure("\(what): \(error), not \(codes)")
    }
  }
}

// MARK: What cases do again and again

extension Volume {
  /// Opens a file.
  func open(_ path: String, _ options: OpenOptions = .readOnly) async throws -> File {
    try await storage.open(path, options)
  }

  /// Makes a file with a text in it, or replaces what is in it.
  func make(_ path: String, _ text: String = "") async throws {
    try await storage.withFile(path, .createWrite) { file in
      try await file.write(Array(text.utf8), at: 0)
    }
  }

  /// Makes a directory.
  func makeDirectory(_ path: String) async throws {
    try await storage.createDirectory(path, intermediates: false)
  }

  /// All that is in a file.
  func text(_ path: String) async throws -> String {
    try await storage.withFile(path, .readOnly) { try await $0.text() }
  }

  /// The names in a directory, those of directories with a slash.
  func list(_ path: String = "/") async throws -> String {
    try await storage.entries(of: path).map { $0.kind == .directory ? "\($0.name)/" : $0.name }
      .joined(separator: " ")
  }

  /// The file has this text.
  func expect(_ text: String, in path: String) async throws {
    try requireEqual(try await self.text(path), text, "what is in \(path)")
  }

  /// The directory has these names.
  func expect(names: String, in path: String = "/") async throws {
    try requireEqual(try await list(path), names, "the names in \(path)")
  }

  /// There is nothing at the path.
  func expectNothing(at path: String) async throws {
    try requireEqual(try await storage.metadata(path), nil, "what is at \(path)")
  }
}

extension File {
  /// All that is in the file.
  func text() async throws -> String {
    String(decoding: try await read(at: 0, count: Int(try await size())), as: UTF8.self)
  }

  /// Writes a text.
  func write(_ text: String, at offset: Int64 = 0) async throws {
    try await write(Array(text.utf8), at: offset)
  }

  /// The file has this text.
  func expect(_ text: String, _ what: String = "what is in the file") async throws {
    try requireEqual(try await self.text(), text, what)
  }

  /// The file is this long.
  func expect(size: Int64, _ what: String = "the file") async throws {
    try requireEqual(try await self.size(), size, "the size of \(what)")
  }

  /// The file has these bytes at this place.
  func expect(_ bytes: [UInt8], at offset: Int64, _ what: String) async throws {
    try requireBytes(try await read(at: offset, count: bytes.count), bytes, what)
  }
}

/// So many zeros.
func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
