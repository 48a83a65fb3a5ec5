//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
package import MoonpoolCore
import Synchronization

/// Files below a directory of the machine that the tests run on: what a kernel really does.
///
/// Calls block, which tests may do. It adds to the kernel what the protocol says beyond POSIX, and
/// nothing else; the places are marked with "Rule".
package struct KernelStorage: StorageProvider {
  private let root: Descriptor

  /// Creates a provider for what is below a directory.
  package init(below directory: String) throws {
    root = Descriptor(
      try checked("open", directory) { Glibc.open(directory, O_RDONLY | O_DIRECTORY) })
  }

  package func open(_ path: String, _ options: OpenOptions) async throws -> any FileHandler {
    let relative = try relative(path, "open")
    // Rule: POSIX leaves open what these flags do without the one for writing.
    let needsWrite = options.create || options.createNew || options.truncate || options.append
    guard options.write || (options.read && !needsWrite) else {
      throw StorageError(.invalidArgument, "open", path)
    }
    var flags = options.write ? (options.read ? O_RDWR : O_WRONLY) : O_RDONLY
    if options.create || options.createNew { flags |= O_CREAT }
    if options.createNew { flags |= O_EXCL }
    if options.truncate { flags |= O_TRUNC }
    if options.append { flags |= O_APPEND }
    let file = Descriptor(
      try checked("open", path) { openat(root.number, relative, flags | O_CLOEXEC, 0o600) })
    // Rule: a kernel opens directories for reading.
    if try status(of: file, "open").kind == .directory {
      throw StorageError(.isDirectory, "open", path)
    }
    return KernelFile(file, canWrite: options.write)
  }

  package func metadata(_ path: String) async throws -> FileMetadata? {
    let relative = try relative(path, "metadata")
    var status = stat()
    do {
      _ = try checked("metadata", path) { fstatat(root.number, relative, &status, 0) }
    } catch let error as StorageError where [.notFound, .notDirectory].contains(error.code) {
      return nil
    }
    return FileMetadata(status)
  }

  package func remove(_ path: String) async throws {
    let relative = try relative(path, "remove")
    _ = try checked("remove", path) { unlinkat(root.number, relative, 0) }
  }

  package func rename(_ path: String, to newPath: String) async throws {
    let relative = try relative(path, "rename")
    let newRelative = try self.relative(newPath, "rename")
    _ = try checked("rename", path, [EINVAL: .wouldLoop]) {
      renameat(root.number, relative, root.number, newRelative)
    }
  }

  package func createDirectory(_ path: String, intermediates: Bool) async throws {
    let relative = try relative(path, "createDirectory")
    guard intermediates else {
      _ = try checked("createDirectory", path) { mkdirat(root.number, relative, 0o700) }
      return
    }
    var ends = relative.indices.filter { relative[$0] == "/" }
    ends.append(relative.endIndex)
    for end in ends {
      let part = String(relative[..<end])
      do {
        _ = try checked("createDirectory", path) { mkdirat(root.number, part, 0o700) }
      } catch let error as StorageError where error.code == .alreadyExists {
        let isLast = end == relative.endIndex
        if isLast, try await metadata(part)?.kind != .directory { throw error }
      }
    }
  }

  package func removeDirectory(_ path: String) async throws {
    let relative = try relative(path, "removeDirectory")
    _ = try checked("removeDirectory", path) { unlinkat(root.number, relative, AT_REMOVEDIR) }
  }

  package func entries(of path: String) async throws -> [DirectoryEntry] {
    let directory = try openDirectory(path, "entries")
    guard let stream = fdopendir(dup(directory.number)) else {
      throw StorageError(.inputOutput, "entries", path)
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
    }
    return try names.sorted { $0.lexicographicallyPrecedes($1) }.map { bytes in
      let name = String(decoding: bytes, as: UTF8.self)
      var status = stat()
      _ = try checked("entries", path) { fstatat(directory.number, name, &status, 0) }
      return DirectoryEntry(name: name, kind: FileMetadata(status).kind)
    }
  }

  package func synchronizeDirectory(_ path: String) async throws {
    let directory = try openDirectory(path, "synchronizeDirectory")
    _ = try checked("synchronizeDirectory", path) { fsync(directory.number) }
  }

  package func space() async throws -> StorageSpace {
    var status = statvfs()
    _ = try checked("space") { fstatvfs(root.number, &status) }
    let unit = Int64(status.f_frsize)
    return StorageSpace(
      capacity: Int64(status.f_blocks) * unit, available: Int64(status.f_bavail) * unit)
  }

  private func openDirectory(_ path: String, _ operation: String) throws -> Descriptor {
    let relative = try relative(path, operation)
    return Descriptor(
      try checked(operation, path) {
        openat(root.number, relative, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      })
  }

  /// Rule: a leading slash means nothing, and `..` and empty names are refused.
  private func relative(_ path: String, _ operation: String) throws -> String {
    if path == "/" { return "." }
    let names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let rest = names.count > 1 && names[0].isEmpty ? names.dropFirst() : names[...]
    for name in rest where name.isEmpty || name.elementsEqual("..".utf8) || name.contains(0) {
      throw StorageError(.invalidPath, operation, path)
    }
    return rest.map { String($0)! }.joined(separator: "/")
  }
}

/// An open file of the machine.
private final class KernelFile: FileHandler {
  /// Nil once it is closed. Operations under way hold on to the descriptor.
  private let descriptor: Mutex<Descriptor?>
  private let canWrite: Bool

  init(_ descriptor: Descriptor, canWrite: Bool) {
    self.descriptor = Mutex(descriptor)
    self.canWrite = canWrite
  }

  private func open(_ operation: String) throws -> Descriptor {
    guard let descriptor = descriptor.withLock({ $0 }) else {
      throw StorageError(.closed, operation)
    }
    return descriptor
  }

  func read(at offset: Int64, count: Int) async throws -> [UInt8] {
    let file = try open("read")
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = try checked("read") {
        pread(file.number, buffer.baseAddress, count, Int(offset))
      }
    }
  }

  func write(_ bytes: [UInt8], at offset: Int64) async throws -> Int {
    let file = try open("write")
    return try checked("write") { pwrite(file.number, bytes, bytes.count, Int(offset)) }
  }

  func synchronize(_ scope: SynchronizationScope) async throws {
    let file = try open("synchronize")
    _ = try checked("synchronize") {
      scope == .all ? fsync(file.number) : fdatasync(file.number)
    }
  }

  func size() async throws -> Int64 { try status(of: try open("size"), "size").size }

  func truncate(to size: Int64) async throws {
    let file = try open("truncate")
    // Rule: POSIX allows EBADF and EINVAL for a handle that may not write; Linux says EINVAL.
    let refusal = size >= 0 && !canWrite ? [EINVAL: StorageError.Code.notPermitted] : [:]
    _ = try checked("truncate", "", refusal) { ftruncate(file.number, Int(size)) }
  }

  func close() { descriptor.withLock { $0 = nil } }
}

/// A file descriptor, closed when nobody uses it any more.
private final class Descriptor: Sendable {
  let number: CInt

  init(_ number: CInt) { self.number = number }

  deinit { Glibc.close(number) }
}

private func status(of file: Descriptor, _ operation: String) throws -> FileMetadata {
  var status = stat()
  _ = try checked(operation) { fstat(file.number, &status) }
  return FileMetadata(status)
}

extension FileMetadata {
  fileprivate init(_ status: stat) {
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    self.init(
      kind: isDirectory ? .directory : .file, size: isDirectory ? 0 : Int64(status.st_size))
  }
}

/// What a call returns, or the error that it reports.
private func checked<Value: FixedWidthInteger>(
  _ operation: String, _ path: String = "", _ special: [CInt: StorageError.Code] = [:],
  _ call: () -> Value
) throws -> Value {
  while true {
    let value = call()
    if value >= 0 { return value }
    let number = errno
    if number == EINTR { continue }
    throw StorageError(special[number] ?? code(of: number), operation, path)
  }
}

private func code(of number: CInt) -> StorageError.Code {
  switch number {
  case ENOENT: .notFound
  case EEXIST: .alreadyExists
  case EISDIR: .isDirectory
  case ENOTDIR: .notDirectory
  case ENOTEMPTY: .directoryNotEmpty
  case EBADF: .notPermitted
  case ENOSPC, EDQUOT: .noSpace
  case EMFILE, ENFILE: .tooManyOpenFiles
  case ENAMETOOLONG: .invalidPath
  case EINVAL, EFBIG, EOVERFLOW, EBUSY: .invalidArgument
  default: .inputOutput
  }
}
