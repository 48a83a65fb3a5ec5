//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where a node keeps what has to survive its restart: files and directories.
///
/// Paths are UTF-8 text with `/` between the names; a leading `/` means nothing more, since each
/// node sees one tree of its own. `..` and empty names are refused with
/// ``StorageError/Code/invalidPath``.
///
/// An operation that has begun is carried out: cancelling its task doesn't end it, and it returns
/// its result.
///
/// What is durable follows POSIX. Data is durable when ``FileHandler/synchronize(_:)`` has
/// returned;
/// a file's name, when ``synchronizeDirectory(_:)`` of the directory that holds it has.
public protocol StorageProvider: Sendable {
  /// Opens a file.
  ///
  /// - Throws: ``StorageError``: `notFound`, `alreadyExists`, `isDirectory`, `notDirectory`,
  ///   `noSpace`, `tooManyOpenFiles`, `invalidPath`, `invalidArgument` for options that don't go
  ///   together, `inputOutput`.
  nonisolated(nonsending) func open(_ path: String, _ options: OpenOptions) async throws
    -> any FileHandler
  /// What is at the path; nil if there is nothing, also because a name above it is a file's.
  nonisolated(nonsending) func metadata(_ path: String) async throws -> FileMetadata?
  /// Removes a file's name. Who has the file open may go on using it.
  nonisolated(nonsending) func remove(_ path: String) async throws
  /// Gives a file or directory another name, in one step; replaces a file, or an empty directory,
  /// that has it.
  nonisolated(nonsending) func rename(_ path: String, to newPath: String) async throws
  /// Makes a directory, and those above it if asked to.
  nonisolated(nonsending) func createDirectory(_ path: String, intermediates: Bool) async throws
  /// Removes an empty directory.
  nonisolated(nonsending) func removeDirectory(_ path: String) async throws
  /// What is in a directory, sorted by name.
  nonisolated(nonsending) func entries(of path: String) async throws -> [DirectoryEntry]
  /// Makes the names in a directory durable: creations, removals, renames.
  nonisolated(nonsending) func synchronizeDirectory(_ path: String) async throws
  /// How large the volume is and how much of it is free, in bytes.
  nonisolated(nonsending) func space() async throws -> StorageSpace
}

/// An open file.
///
/// Operations of one file may overlap; those that touch the same bytes take effect in some order.
/// The handler closes the file when the last reference to it goes.
public protocol FileHandler: AnyObject, Sendable {
  /// Reads up to `count` bytes from `offset`; fewer at the end of the file, none beyond it.
  nonisolated(nonsending) func read(at offset: Int64, count: Int) async throws -> [UInt8]
  /// Writes bytes at `offset`, or at the end if the file was opened for appending; grows the file,
  /// with zeros in between.
  ///
  /// - Returns: How many bytes were written, at least one of a non-empty array: a disk that fills
  ///   up takes the first part.
  nonisolated(nonsending) func write(_ bytes: [UInt8], at offset: Int64) async throws -> Int
  /// Makes what was written before durable.
  nonisolated(nonsending) func synchronize(_ scope: SynchronizationScope) async throws
  /// The file's size in bytes.
  nonisolated(nonsending) func size() async throws -> Int64
  /// Makes the file shorter, or longer with zeros.
  nonisolated(nonsending) func truncate(to size: Int64) async throws
  /// Closes the file. Other operations then throw ``StorageError/Code/closed``; closing again does
  /// nothing.
  func close()
}

/// What ``FileHandler/synchronize(_:)`` makes durable.
public enum SynchronizationScope: Sendable, Hashable {
  /// Data and all metadata, as `fsync` does.
  case all
  /// Data, and the metadata that reading it back needs, as `fdatasync` does.
  case data
}

/// How a file is opened. The flags mean what POSIX says.
public struct OpenOptions: Sendable, Hashable {
  /// Reading is allowed.
  public var read: Bool
  /// Writing is allowed.
  public var write: Bool
  /// The file is made if it doesn't exist. Needs `write`.
  public var create: Bool
  /// The file is made, and must not exist before. Needs `write`.
  public var createNew: Bool
  /// The file is emptied. Needs `write`.
  public var truncate: Bool
  /// Every write goes to the end. Needs `write`.
  public var append: Bool

  /// Creates options; without arguments, those for reading.
  public init(
    read: Bool = true, write: Bool = false, create: Bool = false, createNew: Bool = false,
    truncate: Bool = false, append: Bool = false
  ) {
    self.read = read
    self.write = write
    self.create = create
    self.createNew = createNew
    self.truncate = truncate
    self.append = append
  }

  /// For reading an existing file.
  public static let readOnly = OpenOptions()
  /// For reading and writing an existing file.
  public static let readWrite = OpenOptions(write: true)
  /// For reading and writing, and the file is made if it doesn't exist.
  public static let createOrOpen = OpenOptions(write: true, create: true)
  /// For writing a file from its beginning, whether it exists or not.
  public static let createWrite = OpenOptions(
    read: false, write: true, create: true, truncate: true)
  /// For writing a file that must not exist.
  public static let createNewWrite = OpenOptions(read: false, write: true, createNew: true)
  /// For adding to the end of a file, which is made if it doesn't exist.
  public static let appending = OpenOptions(read: false, write: true, create: true, append: true)
}

/// What kind of thing has a name in a file system.
public enum FileKind: Sendable, Hashable {
  /// A file.
  case file
  /// A directory.
  case directory
}

/// What a file system says about a file or directory.
public struct FileMetadata: Sendable, Hashable {
  /// File or directory.
  public var kind: FileKind
  /// Bytes in the file; 0 for a directory.
  public var size: Int64

  /// Creates a description.
  public init(kind: FileKind, size: Int64) {
    self.kind = kind
    self.size = size
  }
}

/// One name in a directory.
public struct DirectoryEntry: Sendable, Hashable {
  /// The last part of its path.
  public var name: String
  /// File or directory.
  public var kind: FileKind

  /// Creates an entry.
  public init(name: String, kind: FileKind) {
    self.name = name
    self.kind = kind
  }
}

/// The size of a volume, in bytes.
public struct StorageSpace: Sendable, Hashable {
  /// How much it can hold.
  public var capacity: Int64
  /// How much of that is free.
  public var available: Int64

  /// Creates a description.
  public init(capacity: Int64, available: Int64) {
    self.capacity = capacity
    self.available = available
  }
}
