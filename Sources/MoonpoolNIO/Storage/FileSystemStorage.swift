//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
public import MoonpoolCore
import SystemPackage

/// The files below a directory of this machine: storage for production.
///
/// What it does is what ``StorageProvider`` says and what a simulated disk does: the same cases
/// hold on both. Calls that block run on a few threads of its own, in the order they came.
///
/// Paths can't leave the directory. No symbolic link below it is followed, nor is anything opened
/// that is neither file nor directory: in a list such a thing is a file, which can be removed and
/// renamed, and to open it is `invalidPath`. New files can be read and written by their owner
/// alone.
///
/// A sync that fails is final: further syncs of that file, also by other handles and after it was
/// opened anew, fail too as long as the provider lives, since the kernel forgets what it couldn't
/// write and would report success. Write another file, or end the process and recover.
public final class FileSystemStorage: StorageProvider {
  let pool: BlockingPool
  let files: OpenFiles
  let calls: SystemCalls
  private let root: RootDirectory

  /// Opens the directory that holds the files. It must exist. Blocks for as long as that takes.
  ///
  /// - Parameters:
  ///   - directory: Its path. Symbolic links in it are followed.
  ///   - threads: How many calls may block at once, at least 1. They are started when needed.
  ///   - openFileLimit: How many files may be open at once; the system's limit holds in any case.
  /// - Throws: ``StorageError``: `notFound`, `notDirectory`, `notPermitted`, `tooManyOpenFiles`, or
  ///   `inputOutput` if there is no thread to be had.
  public convenience init(
    below directory: String, threads: Int = 4, openFileLimit: Int = .max
  ) throws {
    try self.init(
      below: directory, threads: threads, openFileLimit: openFileLimit, calls: .kernel)
  }

  /// The same, on other system calls.
  package init(
    below directory: String, threads: Int = 4, openFileLimit: Int = .max, calls: SystemCalls
  ) throws {
    do throws(Errno) {
      root = try RootDirectory(directory, calls)
    } catch {
      throw StorageError(errno: error, "open", directory)
    }
    self.calls = calls
    files = OpenFiles(limit: openFileLimit)
    pool = try BlockingPool(threads: threads)
  }

  // MARK: Files

  nonisolated(nonsending) public func open(
    _ path: String, _ options: OpenOptions
  ) async throws -> any FileHandler {
    let checked = try RelativePath(path, "open")
    let needsWrite = options.create || options.createNew || options.truncate || options.append
    guard options.write || (options.read && !needsWrite) else {
      throw StorageError(.invalidArgument, "open", path)
    }
    try files.takePlace(path)
    let file: OpenFile
    do {
      file = try await perform("open", path) { () throws(Errno) in
        try self.openFile(checked, path, options)
      }
    } catch {
      files.givePlace()
      throw error
    }
    return FileSystemFile(file, options)
  }

  private func openFile(
    _ checked: RelativePath, _ path: String, _ options: OpenOptions
  ) throws(Errno) -> OpenFile {
    var flags = options.write ? (options.read ? O_RDWR : O_WRONLY) : O_RDONLY
    if options.create || options.createNew { flags |= O_CREAT }
    if options.createNew { flags |= O_EXCL }
    if options.append { flags |= O_APPEND }
    // What waits for its other end, or becomes this process's terminal, doesn't while it is opened.
    let descriptor = try root.open(checked, flags | O_NONBLOCK | O_NOCTTY, 0o600)
    var shared: SharedFile?
    do throws(Errno) {
      let status = try status(of: descriptor)
      if status.st_mode & S_IFMT == S_IFDIR { throw Errno(rawValue: EISDIR) }
      if status.st_mode & S_IFMT != S_IFREG { throw Errno(rawValue: ELOOP) }
      let file = files.share(FileIdentity(status))
      shared = file
      // Not as it is opened, so that whoever reads it sees all of it, or nothing.
      if options.truncate {
        try file.writing { () throws(Errno) in
          try uninterrupted { () throws(Errno) in try calls.resize(descriptor, 0) }
        }
      }
      return OpenFile(descriptor, path, options, file, self)
    } catch {
      if let shared { files.release(shared) }
      try? descriptor.close()
      throw error
    }
  }

  nonisolated(nonsending) public func metadata(_ path: String) async throws -> FileMetadata? {
    let checked = try RelativePath(path, "metadata")
    return try await perform("metadata", path) { [root] () throws(Errno) in
      do throws(Errno) {
        return try root.withParent(of: checked) { (parent) throws(Errno) in
          try status(of: checked.last, in: parent)
        }
      } catch {
        if error.rawValue == ENOENT || error.rawValue == ENOTDIR { return nil }
        throw error
      }
    }
  }

  // MARK: Names

  nonisolated(nonsending) public func remove(_ path: String) async throws {
    try await unlink("remove", path, 0)
  }

  nonisolated(nonsending) public func removeDirectory(_ path: String) async throws {
    try await unlink("removeDirectory", path, AT_REMOVEDIR)
  }

  nonisolated(nonsending) private func unlink(
    _ operation: String, _ path: String, _ flags: CInt
  ) async throws {
    let path = (text: path, checked: try RelativePath(path, operation))
    try await perform(operation, path.text) { [root] () throws(Errno) in
      try root.withParent(of: path.checked) { (parent) throws(Errno) in
        _ = try checked { unlinkat(parent.rawValue, path.checked.last, flags) }
      }
    }
  }

  nonisolated(nonsending) public func rename(_ path: String, to newPath: String) async throws {
    let source = try RelativePath(path, "rename")
    let target = try RelativePath(newPath, "rename")
    try await perform("rename", path) { [root] () throws(Errno) in
      try root.withParent(of: source) { (parent) throws(Errno) in
        try root.withParent(of: target) { (newParent) throws(Errno) in
          _ = try checked {
            renameat(parent.rawValue, source.last, newParent.rawValue, target.last)
          }
        }
      }
    }
  }

  // MARK: Directories

  nonisolated(nonsending) public func createDirectory(
    _ path: String, intermediates: Bool
  ) async throws {
    let path = (text: path, checked: try RelativePath(path, "createDirectory"))
    try await perform("createDirectory", path.text) { [root] () throws(Errno) in
      if intermediates {
        try root.createDirectories(path.checked, 0o700)
      } else {
        try root.withParent(of: path.checked) { (parent) throws(Errno) in
          _ = try checked { mkdirat(parent.rawValue, path.checked.last, 0o700) }
        }
      }
    }
  }

  nonisolated(nonsending) public func entries(of path: String) async throws -> [DirectoryEntry] {
    let checked = try RelativePath(path, "entries")
    return try await perform("entries", path) { [root] () throws(Errno) in
      try DirectoryEntry.all(in: root.open(checked, O_RDONLY | O_DIRECTORY))
    }
  }

  nonisolated(nonsending) public func synchronizeDirectory(_ path: String) async throws {
    let operation = "synchronizeDirectory"
    let checked = try RelativePath(path, operation)
    let directory = try await perform(operation, path) { () throws(Errno) in
      let descriptor = try self.root.open(checked, O_RDONLY | O_DIRECTORY)
      do throws(Errno) {
        let identity = FileIdentity(try status(of: descriptor))
        return OpenFile(descriptor, path, nil, self.files.share(identity), self)
      } catch {
        try? descriptor.close()
        throw error
      }
    }
    defer { directory.close() }
    try directory.begin(operation)
    try await directory.shared.synchronize(directory, .all)
  }

  nonisolated(nonsending) public func space() async throws -> StorageSpace {
    try await perform("space", "") { [root] () throws(Errno) in
      var status = statvfs()
      _ = try checked { fstatvfs(root.descriptor.rawValue, &status) }
      let unit = Int64(status.f_frsize)
      return StorageSpace(
        capacity: Int64(status.f_blocks) * unit, available: Int64(status.f_bavail) * unit)
    }
  }

  /// Has a thread do something, and gives its errors their names.
  nonisolated(nonsending) private func perform<Value: Sendable>(
    _ operation: String, _ path: String, _ body: @escaping @Sendable () throws(Errno) -> Value
  ) async throws -> Value {
    try await pool.run {
      do throws(Errno) {
        return try body()
      } catch {
        throw StorageError(errno: error, operation, path)
      }
    }
  }
}
